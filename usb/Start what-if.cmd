@echo off
rem Starts the live what-if page. Nothing is installed, and nothing is asked of the internet.
title What happens if
chcp 65001 > nul
cd /d "%~dp0"
echo Starting. The first start on a computer compiles the model and takes some minutes.
echo Keep this window open; close it to end the program.
echo.
"%~dp0python\python.exe" -X utf8 -B -m sim live %*
if errorlevel 1 (
  echo.
  echo The program ended with an error. Take a picture of this window for whoever gave you the folder.
  pause
)

"""Commands: parse, call, print. Everything heavy is imported when a command needs it, so that help is quick."""

import signal
import sys

try:
    from sim.cli import calibration, experiments, live, runs  # noqa: F401 - they add their commands to the application
    from sim.cli.common import BAD_INPUT, INTERRUPTED, app, complain
    from sim.schema.errors import InputError
except KeyboardInterrupt:  # Ctrl-C before there is a command to end
    raise SystemExit(130) from None

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> None:
    """Run the command line: bad input ends with one message and exit code 2, Ctrl-C with 130, without a traceback."""
    try:
        app(arguments)
    except KeyboardInterrupt:  # a second Ctrl-C, while the first was being answered
        sys.exit(INTERRUPTED)
    except InputError as error:
        complain(str(error))
        sys.exit(BAD_INPUT)
    except OSError as error:  # a disk or a folder that failed where nothing below expected it
        complain(str(InputError(f"cannot be used: {error.strerror or error}", file=error.filename)))
        sys.exit(BAD_INPUT)
    except MemoryError:
        complain("there is not enough memory for this; ask for fewer --households or --months")
        sys.exit(BAD_INPUT)
    finally:
        if arguments is None:  # this process ends now, and nothing is left to interrupt
            signal.signal(signal.SIGINT, signal.SIG_IGN)

/**
 * Shapes of what the server sends; nothing here runs. Numbers are per 100 families unless said otherwise.
 *
 * @typedef {Object<string, number>} Settings  Lever id to value; only levers that differ from the baseline.
 * @typedef {{en: string, fr?: string, ar?: string}} Texts  The same words in several languages.
 * @typedef {{key: string} | Texts} Label  A key of the catalogue, or the words themselves.
 *
 * @typedef {Object} Lever
 * @property {string} id
 * @property {string} group
 * @property {Label} label
 * @property {string} [about]  Kind of intervention, of which the catalogue says cause and side effect.
 * @property {string} unit
 * @property {"range"|"month"} kind
 * @property {number} low
 * @property {number} high
 * @property {number} step
 * @property {number} value  At the baseline.
 * @property {number|null} off  Value at which nothing is done; null where there is none.
 * @property {number} [scale]  What the value is multiplied by where people read and type it.
 * @property {string} [needs]  Another lever, without which this one moves nothing.
 *
 * @typedef {Object} Series
 * @property {(number|null)[]} mean
 * @property {(number|null)[]} low  5 % of runs lie below.
 * @property {(number|null)[]} high  5 % of runs lie above.
 * @property {(number|null)[]} q25
 * @property {(number|null)[]} q75
 *
 * @typedef {{baseline: number, actions: number, difference: number, low: number|null, high: number|null}} End
 * @typedef {{months: number[], baseline: Series, actions: Series, end: End, withheld: boolean}} OutcomeResult
 * @typedef {{level: (number|null)[], change: (number|null)[]}} AreaResult
 * @typedef {{actions: number, baseline: number, low?: number|null, high?: number|null}} Amount
 *
 * @typedef {Object} Frame  What the model says about some settings.
 * @property {"preview"|"full"} kind
 * @property {Settings} settings
 * @property {Object<string, OutcomeResult>} outcomes
 * @property {{baseline: Object<string, number>, actions: Object<string, number>}} bars
 * @property {{rule: string, weight: number, values: Object<string, number|string>}[]} watch
 * @property {Object<string, AreaResult>} areas
 * @property {{spent: Amount, care: Amount}} money
 * @property {number} seeds
 * @property {number} rows
 *
 * @typedef {{pcode: string, name: string, path: string, label: [number, number]}} Area
 * @typedef {{id: string, title: Texts, settings: Settings, ask: Texts, notes: Texts}} Example
 *
 * @typedef {Object} Start  What the page is built from.
 * @property {string} version
 * @property {string} scenario
 * @property {Texts} title
 * @property {{rows: number, seeds: number}} simulated
 * @property {string} data_date
 * @property {string} data_hash
 * @property {boolean} fictional
 * @property {string} start  First month of the run, YYYY-MM.
 * @property {number} months
 * @property {string[]} groups
 * @property {Lever[]} levers
 * @property {string[]} outcomes
 * @property {string[]} situations
 * @property {string[]} aimable
 * @property {{width: number, height: number, areas: Area[]}} map
 * @property {string[]} languages
 * @property {Example[]} examples
 * @property {{title: Texts, question: Texts, notes?: Texts}|null} pack
 * @property {Frame} baseline
 *
 * @typedef {Object} View  What is on the page at one moment.
 * @property {Start} start
 * @property {Frame} frame
 * @property {import("./session.js").Session} session
 * @property {boolean} veiled  The result waits for the room's guess; `frame` is the baseline then.
 * @property {boolean} moved  Whether any action differs from the baseline.
 */
export {};

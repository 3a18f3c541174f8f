import { randomBytes } from 'node:crypto';
import { definedResources } from '../src/kernel/contract/resource.ts';
import { createLog } from '../src/kernel/logs/log.ts';
import { SensitiveNames } from '../src/kernel/logs/redact.ts';
import { makeApiKey } from '../src/kernel/vault/api-key.ts';
import { randomToken } from '../src/kernel/vault/tokens.ts';
import { recordTypes } from '../src/modules/index.ts';

/**
 * `npm run bench:log-redaction -- [lines] > /dev/null`: logs so many lines, each with a credential or something
 * personal in some place, as the program logs, and looks in what would be stored and written for any of it. Exits with
 * 1 when something got through.
 */

const lines_default = 1_000_000;
const shown_max = 20;
/** Of something long, as many characters are a leak as would help to guess the rest. */
const leak_characters = 12;

/** Where something stands need not be secret, and cryptography is slow at choosing. */
const randomInt = (from: number, to?: number): number =>
  to === undefined ? Math.floor(Math.random() * from) : from + Math.floor(Math.random() * (to - from));
const pick = <T>(list: readonly T[]): T => list[randomInt(list.length)]!;
const letters = (count: number) => randomBytes(count).toString('hex').slice(0, count);
const digits = (count: number) => Array.from({ length: count }, () => randomInt(10)).join('');

/** What is written, and the part of it that nobody may read. */
type Canary = [written: string, core: string];
const whole = (text: string): Canary => [text, text];

/** What its form gives away, wherever it stands. */
const forms: (() => Canary)[] = [
  () => whole(`${letters(6)}.${letters(5)}@${letters(8)}.example`),
  () => whole(`${letters(7)}%40${letters(8)}.example`),
  () => whole(`+49 17${randomInt(1, 9)} ${digits(7)}`),
  () => whole(`+1 (${randomInt(200, 999)}) ${randomInt(200, 999)}-${digits(4)}`),
  () => whole(`0041 44 ${digits(3)} ${digits(2)} ${digits(2)}`),
  () => {
    const { key } = makeApiKey();
    return [key, key.split('_').slice(2).join('_')];
  },
  () => whole(randomToken()),
  () => {
    const token = randomToken();
    return [`__Host-holdfast=${token}`, token];
  },
  () => {
    const token = randomBytes(randomInt(12, 40)).toString('base64');
    return [`${pick(['Bearer', 'Basic', 'bearer'])} ${token}`, token];
  },
  () => {
    const word = `pw${letters(9)}`;
    return [`postgres://ann:${word}@db.example:5432/crm`, word];
  },
  () => {
    const word = `pw${letters(9)}`;
    return [`${pick(['password=', 'client_secret: ', 'token=', '"api_key": "', 'access_token='])}${word}`, word];
  },
  () => whole(`eyJ${letters(20)}.eyJ${letters(30)}.${letters(30)}`),
  () => whole(`AKIA${letters(16).toUpperCase()}`),
  () => whole(`whsec_${randomBytes(24).toString('base64')}`),
  () => {
    const body = randomBytes(48).toString('base64');
    return [`-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----`, body];
  },
];

const names = new SensitiveNames();
const personal = definedResources().flatMap(({ meta }) =>
  [...meta].filter(([, { sensitivity }]) => sensitivity !== 'public').map(([name]) => name),
);
names.add(personal);
const credentials = [
  'password',
  'token',
  'key',
  'secret',
  'Authorization',
  'cookie',
  'set-cookie',
  'apiKey',
  'client_secret',
  'X-Api-Key',
];

const before = ['', ' ', '"', "'", '(', ': ', ', ', '<', '[', '\n', '|', '\t', ' for '];
const after = ['', ' ', '"', "'", ')', ', ', '>', ']', '\n', '; ', '\t', ' failed'];

let leaks = 0;
let looked = 0;
let core = '';
const log = createLog('info', {
  role: 'bench',
  names,
  keep: (line) => {
    looked++;
    const text = `${line.message} ${line.data}`;
    const parts =
      core.length >= 2 * leak_characters ? [core.slice(0, leak_characters), core.slice(-leak_characters)] : [core];
    if (!parts.some((part) => text.includes(part))) return;
    leaks++;
    if (leaks <= shown_max) process.stderr.write(`got through: ${core} in ${text.slice(0, 400)}\n`);
  },
});

/** One line with it in some place. */
function write(text: string): void {
  const around = `${pick(before)}${text}${pick(after)}`;
  const place = randomInt(7);
  if (place === 0) log.info(`it stands here ${around}`);
  else if (place === 1) log.info({ note: around }, 'a value');
  else if (place === 2) log.warn({ list: [{ inner: [around] }] }, 'deeper');
  else if (place === 3) log.error({ err: new Error(`It failed: ${around}`) }, 'an error');
  else if (place === 4) log.info({ [around]: 1 }, 'a name');
  else if (place === 5) log.child({ bound: around }).info('bound');
  else log.info({ url: `/api/v1/contacts?filter=${text}&limit=50`, status: 200 }, 'request');
}

function writeNamed(): void {
  const name = pick(randomInt(2) === 0 ? personal : credentials);
  core = `plain words ${letters(8)}`;
  const record = { [name]: core };
  const place = randomInt(4);
  if (place === 0) log.info(record, 'flat');
  else if (place === 1) log.info({ contact: record, list: [[record]] }, 'nested');
  else if (place === 2) log.child(record).warn('bound');
  else log.error({ err: Object.assign(new Error('It failed'), { input: record }) });
}

const wanted = Number(process.argv[2] ?? lines_default);
const began = performance.now();
const batch = 1_000;
for (let done = 0; done < wanted; done += batch) {
  for (let i = 0; i < batch; i++) {
    if (randomInt(4) === 0) writeNamed();
    else {
      const [text, hidden] = pick(forms)();
      core = hidden;
      write(text);
    }
    // While it is known what the line must not show.
    log.flush();
  }
  // The buffered lines leave.
  await new Promise(setImmediate);
}
const seconds = (performance.now() - began) / 1000;
process.stderr.write(
  `${looked.toLocaleString('en')} lines of ${recordTypes.length} record types in ${Math.round(seconds)} s; ${leaks} got through\n`,
);
process.exitCode = leaks > 0 || looked < wanted ? 1 : 0;

import { endWith, readOptions } from '../harness/usage.ts';
import { keepLedger } from './feed-ledger.ts';

const usage = `npm run crash -- [--events 1000000] [--kill-ms 500]
  --events   how many changes are written, and consumed by three consumers
  --kill-ms  between two kills of a writer, a consumer, a backend or PostgreSQL itself`;

const options = readOptions(usage, {
  events: { type: 'string', default: '1000000' },
  'kill-ms': { type: 'string', default: '500' },
});
const [events, killMs] = [Number(options.events), Number(options['kill-ms'])];
if (!(events > 0 && killMs >= 100)) endWith(usage, 'Both are numbers; at least 100 ms lie between kills.');
const result = await keepLedger({ events, killMs, say: (line) => process.stderr.write(`\r\x1b[K${line}`) });
process.stderr.write('\n');
console.log(JSON.stringify(result, null, 2));
const isRight = Object.values(result.consumers).every((each) => each.twice + each.lacking + each.invented === 0);
process.exit(isRight ? 0 : 1);

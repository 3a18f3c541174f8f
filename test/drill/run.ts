import { writeFile } from 'node:fs/promises';
import { endWith, readOptions } from '../harness/usage.ts';
import { runDrill } from './drill.ts';
import { asMarkdown, verdictsOf } from './report.ts';

const usage = `npm run drill -- [--seconds 60] [--writers 8] [--recovery-seconds 300] [--report disaster-drill.md]
  --seconds           of load before everything is lost
  --writers           clients that write without a pause
  --recovery-seconds  how long it may take to serve again
  --report            where the report goes; its figures go beside it, as .json`;

const options = readOptions(usage, {
  seconds: { type: 'string', default: '60' },
  writers: { type: 'string', default: '8' },
  'recovery-seconds': { type: 'string', default: '300' },
  report: { type: 'string', default: 'disaster-drill.md' },
});
const [seconds, writers, recovery_seconds_max] = [options.seconds, options.writers, options['recovery-seconds']].map(
  Number,
) as [number, number, number];
if (!(seconds >= 5 && writers >= 1 && recovery_seconds_max > 0) || !options.report.endsWith('.md'))
  endWith(usage, 'At least 5 seconds, one writer, and a report that ends in .md.');
const result = await runDrill({ seconds, writers, say: (line) => console.error(line) });
const verdicts = verdictsOf(result, recovery_seconds_max);
const markdown = asMarkdown(result, verdicts);
await writeFile(options.report, markdown);
await writeFile(options.report.replace(/\.md$/, '.json'), `${JSON.stringify({ ...result, verdicts }, null, 2)}\n`);
console.log(markdown);
process.exitCode = verdicts.every(({ passed }) => passed) ? 0 : 1;

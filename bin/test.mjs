// `npm test`: types, lint, unused code, all tests, benchmark smoke. With --check the parts that need no database alone.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { onNode24, root, say } from './node24.mjs';

const tool = (name) => join('node_modules', '.bin', name);
const node = (script, ...args) => [process.execPath, script, ...args];

const checks = [
  { name: 'types', command: [tool('tsc'), '-p', 'tsconfig.json'] },
  { name: 'types of the page', command: [tool('tsc'), '-p', 'web/tsconfig.json'] },
  { name: 'lint', command: [tool('biome'), 'check', '--error-on-warnings'] },
  { name: 'unused code', command: [tool('knip')] },
];
const smoke = { name: 'benchmark smoke', command: node('bench/run.ts', '--smoke') };
const tests = { name: 'tests', command: node('test/run.ts') };

let running;
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    interrupted = true;
    running?.kill(signal);
  });
}

/** Runs one step; answers whether it passed and the last line it printed. */
async function runStep({ name, command: [program, ...args] }) {
  const started = performance.now();
  say(`\n── ${name}`);
  running = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  let end = '';
  running.stdout.setEncoding('utf8').on('data', (text) => {
    process.stdout.write(text);
    end = `${end}${text}`.slice(-200);
  });
  const code = await new Promise((done, failed) => {
    running.on('error', failed);
    running.on('close', done);
  });
  say(`── ${name}: ${code === 0 ? 'passed' : 'FAILED'} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return { name, passed: code === 0, lastLine: end.trimEnd().split('\n').at(-1) };
}

/** The count of the tests, in which each other step that failed counts as one. */
function withFailedSteps(line, steps) {
  return line.replace(/(\d+) failed/, (_, tests) => `${Number(tests) + steps} failed`);
}

await onNode24(async () => {
  const { installDependencies, buildPage } = await import('./bootstrap.mjs');
  installDependencies({ withDevelopment: true });
  const everything = !process.argv.includes('--check');
  if (everything) buildPage();
  // The tests come last, so that what failed stands where the output ends.
  const steps = everything ? [...checks, smoke, tests] : checks;
  const results = [];
  for (const step of steps) if (!interrupted) results.push(await runStep(step));
  const failed = results.filter((result) => !result.passed);
  if (failed.length > 0) say(`\nFailed: ${failed.map((result) => result.name).join(', ')}`);
  const ofTests = results.find((result) => result.name === tests.name);
  if (ofTests !== undefined)
    console.log(withFailedSteps(ofTests.lastLine, failed.filter((step) => step !== ofTests).length));
  process.exitCode = failed.length > 0 || interrupted ? 1 : 0;
});

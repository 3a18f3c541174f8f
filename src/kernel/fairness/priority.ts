import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/** As `nice` counts: so much more is about a quarter of a processor that two want. */
const background_nice = 5;
const nice_max = 19;

const lower = (pid: number) => setPriority(pid, Math.min(getPriority(pid) + background_nice, nice_max));

/** The threads of this process; what they start later inherits their priority. */
function ownThreads(): number[] {
  if (process.platform !== 'linux') return [process.pid];
  return readdirSync('/proc/self/task').map(Number);
}

/** The processor is for others first, from now on. Where the operating system forbids it, things stay as they were. */
export function yieldProcessor(): void {
  for (const thread of ownThreads()) ignoringRefusal(() => lower(thread));
}

/**
 * The same for the process that serves a connection to PostgreSQL, where that is a process of this machine and this
 * account may. The number comes from the server, which may run in a container with numbers of its own: so the process
 * must be one of PostgreSQL's that says it serves `user`.
 */
export function yieldBackendProcessor(pid: number, user: string): void {
  if (process.platform !== 'linux') return;
  ignoringRefusal(() => {
    const title = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    if (!title.startsWith('postgres: ') || !title.includes(` ${user} `)) return;
    lower(pid);
    // Each backend is a session, and where sessions are scheduled as groups, the group's priority counts.
    writeFileSync(`/proc/${pid}/autogroup`, String(background_nice));
  });
}

function ignoringRefusal(work: () => void): void {
  try {
    work();
  } catch {
    // Priorities make things fairer, and nothing depends on them.
  }
}

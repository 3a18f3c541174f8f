import { readFileSync } from 'node:fs';

const sample_ms = 200;

/** Resident memory of a process and those it started, in MB, as Linux counts it: a server and its worker. */
export function residentMegabytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  return Number(kilobytes) / 1000 + children.reduce((sum, child) => sum + residentMegabytes(child), 0);
}

/** Samples this memory and remembers the peak. */
export class MemoryWatch {
  private most = 0;
  private readonly pid: number;
  private readonly timer: NodeJS.Timeout;

  constructor(pid: number) {
    this.pid = pid;
    this.timer = setInterval(() => this.look(), sample_ms);
    this.timer.unref();
  }

  /** The peak since the start or the last reset. */
  get peak(): number {
    this.look();
    return this.most;
  }

  reset(): void {
    this.most = 0;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    this.most = Math.max(this.most, residentMegabytes(this.pid));
  }
}

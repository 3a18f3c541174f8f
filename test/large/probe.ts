import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const pause_ms = 10;
const usual_count = 80;

/** Asks the same again and again, as somebody of another workspace does, and notes how long each answer took. */
export class Probe {
  readonly #url: string;
  readonly #headers: Record<string, string>;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #answers: { began: number; ended: number }[] = [];
  #running: Promise<void> | undefined;
  #isOver = false;

  constructor(url: string, headers: Record<string, string>) {
    this.#url = url;
    this.#headers = headers;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#running;
    this.#agent.destroy();
  }

  /** The longest answer among those that somebody waited for in that time. */
  worstBetween(began: number, ended: number): number {
    const during = this.#answers.filter((one) => one.ended >= began && one.began <= ended);
    return Math.max(0, ...during.map((one) => one.ended - one.began));
  }

  /** The p95 while nothing else happens. */
  async usual(): Promise<number> {
    const from = this.#answers.length;
    while (this.#answers.length < from + usual_count) await sleep(pause_ms);
    const sorted = this.#answers.slice(from).map(({ began, ended }) => ended - began).sort((a, b) => a - b); // biome-ignore format: one chain
    return sorted[Math.floor(sorted.length * 0.95)]!;
  }

  /** Settles when an answer has come that was asked for after now. */
  async answered(): Promise<void> {
    const now = performance.now();
    while (!this.#answers.some(({ began }) => began >= now)) await sleep(pause_ms);
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      const began = performance.now();
      await this.#ask();
      this.#answers.push({ began, ended: performance.now() });
      await sleep(pause_ms);
    }
  }

  #ask(): Promise<void> {
    return new Promise((resolve, reject) => {
      const request = get(this.#url, { agent: this.#agent, headers: this.#headers }, (response) => {
        response.resume();
        response.on('end', () =>
          response.statusCode === 200 ? resolve() : reject(new Error(`the other workspace got ${response.statusCode}`)),
        );
        response.on('error', reject);
      });
      request.on('error', reject);
    });
  }
}

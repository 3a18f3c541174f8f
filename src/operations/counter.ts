const say_ms = 10_000;

/** Counts, and says every ten seconds how far it is: with a large workspace it takes minutes. */
export class Counter {
  total = 0;
  private readonly say: (line: string) => void;
  private readonly line: (total: string) => string;
  private saidAt = Date.now();

  constructor(say: (line: string) => void, line: (total: string) => string) {
    this.say = say;
    this.line = line;
  }

  add(count: number): void {
    this.total += count;
    if (count === 0 || Date.now() - this.saidAt < say_ms) return;
    this.saidAt = Date.now();
    this.say(this.line(this.total.toLocaleString('en')));
  }
}

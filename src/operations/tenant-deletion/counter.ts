const say_ms = 10_000;

/** How many are gone, said every ten seconds: of a large workspace it takes minutes. */
export class Counter {
  total = 0;
  private readonly noun: string;
  private readonly say: (line: string) => void;
  private saidAt = Date.now();

  constructor(noun: string, say: (line: string) => void) {
    this.noun = noun;
    this.say = say;
  }

  add(count: number): void {
    this.total += count;
    if (count === 0 || Date.now() - this.saidAt < say_ms) return;
    this.saidAt = Date.now();
    this.say(`  ${this.total.toLocaleString('en')} ${this.noun} are gone`);
  }
}

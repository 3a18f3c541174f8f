import { problems } from '../errors/problem.ts';

/** Who asks for a slot. */
export interface Claimant {
  tenant: string;
  caller: string;
}

export interface LaneLimits {
  /** Slots in all. */
  slots: number;
  /** Slots of one tenant and of one caller; all slots by default. */
  perTenant?: number;
  perCaller?: number;
  /** How many of a tenant may wait; the next is refused immediately. No limit by default. */
  waitingPerTenant?: number;
  /** The message of a refusal: what there is too much of. */
  message: string;
  /** The code of a refusal as a 429, for limits that the caller exceeds; without it a refusal is a 503 `busy`. */
  code?: string;
}

export type Release = () => void;

interface Waiter {
  resolve: (release: Release) => void;
  timer: NodeJS.Timeout;
}

const retry_seconds = 5;

/**
 * A semaphore that shares its slots fairly: tenants take turns, then the callers of a tenant, and each caller's
 * requests come in the order of arrival. However much one tenant asks for, another waits for at most one turn of each,
 * and not at all when the limits per tenant leave it a slot.
 */
export class FairLane {
  private readonly limits: LaneLimits;
  private running = 0;
  /** Slots in use, by tenant and by tenant and caller. */
  private readonly held = new Map<string, number>();
  /** Waiters by tenant and caller, in the order of their next turn: a Map keeps the order of insertion. */
  private readonly waiting = new Map<string, Map<string, Waiter[]>>();

  constructor(limits: LaneLimits) {
    this.limits = limits;
  }

  /** How many wait for a slot. */
  get waitingCount(): number {
    return [...this.waiting.values()].reduce((sum, callers) => sum + countWaiting(callers), 0);
  }

  /**
   * A slot, to be released when done. Throws a 503 `busy`, or a 429, when none was free within `waitMs`, or too many of
   * the tenant wait already.
   */
  acquire(claimant: Claimant, waitMs: number): Promise<Release> {
    if (this.isOpenTo(claimant)) return Promise.resolve(this.take(claimant));
    const { waitingPerTenant = Number.POSITIVE_INFINITY } = this.limits;
    const ofTenant = this.waiting.get(claimant.tenant);
    if (waitMs <= 0 || countWaiting(ofTenant) >= waitingPerTenant) return Promise.reject(this.refusal());
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        resolve,
        timer: setTimeout(() => {
          this.leave(claimant, waiter);
          reject(this.refusal());
        }, waitMs),
      };
      const callers = ofTenant ?? new Map<string, Waiter[]>();
      this.waiting.set(claimant.tenant, callers);
      const ofCaller = callers.get(claimant.caller);
      if (ofCaller) ofCaller.push(waiter);
      else callers.set(claimant.caller, [waiter]);
    });
  }

  private refusal() {
    const { code, message } = this.limits;
    return code ? problems.tooMany(code, message, retry_seconds) : problems.busy(message, retry_seconds);
  }

  private isOpenTo(claimant: Claimant): boolean {
    const { slots, perTenant = slots, perCaller = perTenant } = this.limits;
    return (
      this.running < slots &&
      (this.held.get(claimant.tenant) ?? 0) < perTenant &&
      (this.held.get(callerKey(claimant)) ?? 0) < perCaller
    );
  }

  private take(claimant: Claimant): Release {
    const keys = [claimant.tenant, callerKey(claimant)];
    this.running++;
    for (const key of keys) this.held.set(key, (this.held.get(key) ?? 0) + 1);
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      this.running--;
      for (const key of keys) {
        const left = this.held.get(key)! - 1;
        if (left > 0) this.held.set(key, left);
        else this.held.delete(key);
      }
      this.admit();
    };
  }

  /** Gives free slots to the next waiters. */
  private admit(): void {
    for (let next = this.next(); next; next = this.next()) {
      clearTimeout(next.waiter.timer);
      next.waiter.resolve(this.take(next.claimant));
    }
  }

  /** Removes the next waiter that the limits admit, and moves its tenant and its caller to the end. */
  private next(): { claimant: Claimant; waiter: Waiter } | undefined {
    if (this.running >= this.limits.slots) return undefined;
    for (const [tenant, callers] of this.waiting) {
      for (const [caller, queue] of callers) {
        const claimant = { tenant, caller };
        if (!this.isOpenTo(claimant)) continue;
        const waiter = queue.shift()!;
        callers.delete(caller);
        if (queue.length > 0) callers.set(caller, queue);
        this.waiting.delete(tenant);
        if (callers.size > 0) this.waiting.set(tenant, callers);
        return { claimant, waiter };
      }
    }
    return undefined;
  }

  private leave({ tenant, caller }: Claimant, waiter: Waiter): void {
    const callers = this.waiting.get(tenant);
    const queue = callers?.get(caller);
    if (!callers || !queue) return;
    queue.splice(queue.indexOf(waiter), 1);
    if (queue.length === 0) callers.delete(caller);
    if (callers.size === 0) this.waiting.delete(tenant);
  }
}

const callerKey = ({ tenant, caller }: Claimant) => `${tenant} ${caller}`;

const countWaiting = (callers: ReadonlyMap<string, Waiter[]> | undefined): number =>
  callers ? [...callers.values()].reduce((sum, queue) => sum + queue.length, 0) : 0;

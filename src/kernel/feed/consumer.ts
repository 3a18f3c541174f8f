import type { Context } from '../tenancy/context.ts';

/** An audit event, as consumers get it. */
export interface FeedEvent {
  /** Within one workspace, rises in the order of the feed, as `xid` does. */
  seq: number;
  xid: string;
  at: string;
  action: string;
  resource: string;
  record_id: string | null;
  /** The fields that an update changed. */
  fields: string[] | null;
  actor_id: string | null;
  request_id: string | null;
  import_id: string | null;
  cause: string | null;
  depth: number;
}

/** Reacts to each change once, a moment after its commit. */
export interface Consumer {
  /** Its cursors are stored under this name. */
  name: string;
  /** To be raised when the consumer changes: processes with an older version then leave it alone. */
  version: number;
  /** The events that it handles, as `contact.update`; `*` for all. */
  events: readonly string[];
  /** Whether it also handles events of imports. */
  imports: boolean;
  /** Passes over events while one of these features is off in their workspace. */
  features?: readonly string[];
  /** Where a new consumer starts: with events from now on, or with all there are. */
  starts: 'now' | 'beginning';
  /**
   * For expensive work that nobody waits for: the pause before the next batch of a workspace, as a multiple of the time
   * that the last one took; 10 seconds at most.
   */
  rests?: number;
  /**
   * Handles events of one workspace, in the order of the feed. Its writes commit together with the cursor, and thus
   * once; it must have no other effects. It runs as the program itself. From its first write on, its transaction holds
   * back the feed for everybody: keep it short, and leave long work to a job.
   */
  handle: (ctx: Context, events: readonly FeedEvent[]) => Promise<void>;
}

/** Thrown by a consumer that cannot handle any events now, for a reason that does not lie in the events. */
export class NotNow extends Error {
  readonly seconds: number;
  constructor(seconds: number) {
    super(`Not before ${seconds} seconds`);
    this.seconds = seconds;
  }
}

import type { Rights } from '../kernel/access/rights.ts';
import type { Context } from '../kernel/tenancy/context.ts';
import type { Clock } from './clock.ts';
import type { Dice } from './random.ts';

/**
 * The demo of a product: a workspace of its own, with people, roles and records that suit it. A product brings one by a
 * folder `src/demo/<product>/`, whose `index.ts` exports a `Demo`, and by one line in `src/demo/index.ts`. `npm start`
 * makes the workspaces of all demos on its first start.
 */
export interface Demo {
  /** Its name as modules declare it. The other products are switched off in this workspace. */
  product: string;
  /** Products on which it builds, and whose records it has too. */
  with?: readonly string[];
  workspace: {
    /** In addresses: lower case letters, digits and hyphens. */
    name: string;
    title: string;
    currency: string;
    /** Of the e-mail addresses of the staff. */
    domain: string;
  };
  /** Roles beside those that every workspace has. */
  roles?: readonly DemoRole[];
  teams?: readonly { name: string; region: string | null }[];
  staff: readonly DemoPerson[];
  /**
   * Makes the records, in the transaction in which the staff was made. `insertRows` of `src/demo/insert.ts` stores many
   * at once; audit events and history follow by themselves. Draw from the scene's dice and clock alone, so that every
   * demo is alike.
   */
  fill: (ctx: Context, scene: Scene) => Promise<void>;
}

export interface DemoRole {
  /** Such as `adviser`, for `DemoPerson.role`. */
  key: string;
  name: string;
  rights: Rights;
}

export interface DemoPerson {
  name: string;
  /** Before the @. */
  email: string;
  /**
   * The key of a role of the demo, or of one that every workspace has: `admin`, `manager`, `member`, `advisor`,
   * `viewer`.
   */
  role: string;
  /** Names of teams. */
  teams: readonly string[];
  /** The team that they lead. */
  leads?: string;
  /** Languages of the customers that are theirs; others go to anybody. */
  languages?: readonly string[];
  /** Invited, and not there yet. */
  invited?: true;
}

/** In what everything takes place. */
export interface Scene {
  dice: Dice;
  clock: Clock;
  /** Those who work there; first the administrator who was there before, if there is one. */
  staff: Colleague[];
}

export interface Colleague {
  id: string;
  /** The first name, as colleagues use it. */
  first: string;
  /** Its key. */
  role: string;
  languages: readonly string[];
}

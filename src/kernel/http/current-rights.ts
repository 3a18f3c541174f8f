import type { FastifyRequest } from 'fastify';
import { rightsText } from '../access/rights.ts';
import { Problem, problems } from '../errors/problem.ts';
import type { Actor } from '../tenancy/context.ts';

/** Who sends a request: by its session cookie or API key; null for nobody. */
export type Authenticate = (request: FastifyRequest) => Promise<Actor | null>;

/** Somebody whose rights change more often than this while one request is worked on sends it again. */
const tries_max = 3;

class RightsChanged extends Problem {
  constructor() {
    const detail = 'Your rights were changed while this was running, so nothing was done. Send it again.';
    super(409, 'conflict', 'This conflicts with what is there', detail);
  }
}

/**
 * Throws when a caller is no longer who they were when the request came, or may do other things: it may have waited for
 * a connection or a lock since. To be called before the commit, and before what was read is sent. What a moment ago was
 * looked up is used again, as for any request.
 */
export const refuseChangedRights =
  (authenticate: Authenticate, request: FastifyRequest, actor: Actor | null) => async (): Promise<void> => {
    if (!actor) return;
    const now = await authenticate(request);
    if (!now) throw problems.notSignedIn();
    const isSame =
      rightsText(now.rights) === rightsText(actor.rights) && now.second_factor_missing === actor.second_factor_missing;
    if (!isSame) throw new RightsChanged();
  };

/**
 * Works on a request again, as whoever the caller is by then, when their rights have changed and nothing was done yet.
 */
export async function underPresentRights<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof RightsChanged) || tries === tries_max) throw error;
    }
  }
}

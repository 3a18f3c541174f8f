import type { z } from 'zod';
import { problems } from '../../../../kernel/errors/problem.ts';
import type { Services } from '../../../../kernel/services.ts';
import type { Actor } from '../../../../kernel/tenancy/context.ts';
import { MailTrouble } from '../connection/trouble.ts';
import type { GoogleApiName } from './addresses.ts';
import { GoogleApi } from './api.ts';
import { requireOAuthClient } from './client-routes.ts';
import type { googleAnswer } from './contract.ts';
import { beginConsent, finishConsent, openState } from './oauth.ts';

/** What is wrong at Google is said to whoever waits for it. */
export const asConflict = (error: unknown): never => {
  throw error instanceof MailTrouble ? problems.conflict(error.message, 'google') : error;
};

interface Consent {
  tenant_id: string;
  user_id: string;
  api: GoogleApiName;
  /** The mailbox or account that is connected; null for an account that is new. */
  connects: string | null;
  login_hint: string | undefined;
}

/** Where to send the browser of somebody who connects. */
export async function consentUrl(services: Services, consent: Consent): Promise<{ url: string }> {
  const oauth = await requireOAuthClient(services, consent.tenant_id).catch(asConflict);
  return { url: await beginConsent(services, oauth, consent) };
}

/** What somebody comes back with from Google: for what it is, and how to use it. */
export function readAnswer(
  services: Services,
  actor: Actor,
  api: GoogleApiName,
  { state, code }: z.output<typeof googleAnswer>,
) {
  const opened = openState(services, actor, api, state);
  if (!opened) throw problems.conflict('This took too long, or was begun by somebody else. Connect again.');
  return {
    connects: opened.connects,
    /** The code works once. */
    redeem: async (): Promise<{ google: GoogleApi; refresh_token: string }> => {
      const oauth = await requireOAuthClient(services, actor.tenant_id).catch(asConflict);
      const refresh_token = await finishConsent(services, oauth, { code, state, opened }).catch(asConflict);
      return { google: new GoogleApi(services, { api, oauth, refresh_token }), refresh_token };
    },
  };
}

import { useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, useCallback, useContext } from 'react';
import type { SignInAnswer } from '../../../src/kernel/identity/sign-in/contract.ts';
import { keepLocale } from '../../text/locale.ts';
import { t } from '../../text/text.ts';
import { setFormat } from '../../ui/format.ts';
import { toast } from '../../ui/toast.ts';
import { keepNothing } from '../offline/owner.ts';
import { waiting } from '../offline/waiting.ts';
import { homeOf, switchOff } from '../product/products.ts';
import { api } from '../query/api.ts';
import { attempt } from '../query/attempt.ts';
import { queryClient } from '../query/queryClient.ts';
import { rightFor } from '../query/resources.ts';
import { completeDefinitions } from '../record/definitions.ts';
import { forgetRecents } from '../record/recents.ts';
import { forgetDrafts } from './drafts.ts';
import { endPage, setPageUser } from './pageUser.ts';
import type { Session } from './sessionView.ts';

export const sessionQuery = {
  queryKey: ['session'],
  queryFn: async ({ signal }: { signal: AbortSignal }) => {
    const session = await api.get<Session>('/session', {}, signal);
    await welcome(session);
    return session;
  },
};

/** The page asks, speaks and counts as this person does. */
export async function welcome({ user, features_off }: Session): Promise<void> {
  switchOff(features_off ?? []);
  setPageUser(user);
  setFormat(user);
  keepLocale(user.locale);
  await completeDefinitions();
}

const Context = createContext<Session | null>(null);

export function SessionProvider({ initial, children }: { initial: Session; children: ReactNode }) {
  const { data } = useQuery({ ...sessionQuery, initialData: initial });
  return <Context value={data}>{children}</Context>;
}

export function useSession(): Session {
  const session = useContext(Context);
  if (!session) throw new Error('Only pages of someone signed in know a session');
  return session;
}

/** The scope of what one sees anything of: a right can be to know that records exist, or their subject, and no more. */
const seenBy = ({ read, subject, exists }: Record<string, string>): string | undefined =>
  [read, subject, exists].find((scope) => scope !== undefined && scope !== 'none');

/** What takes records in or out, by the feature that can be switched off. */
const featureOf: Record<string, string> = { import: 'imports', export: 'exports' };

/** Servers of the release before do not say what is switched off. */
export const useIsOff = (feature: string): boolean => useSession().features_off?.includes(feature) ?? false;

/** Whether one may do this to a record. `ownerId` narrows it to one record; without it: to any at all. */
export function useMay() {
  const { rights, user, features_off } = useSession();
  return useCallback(
    (resource: string, action: string, ownerId?: string | null): boolean => {
      const right = rightFor(resource, action);
      const feature = featureOf[resource];
      if (right === null || (feature && features_off?.includes(feature))) return false;
      const granted = rights[right] ?? {};
      const scope = action === 'read' ? seenBy(granted) : granted[action];
      if (!scope || scope === 'none') return false;
      // The server decides about teams; the page offers it and shows the answer.
      return scope !== 'own' || ownerId === undefined || ownerId === user.id;
    },
    [rights, user.id, features_off],
  );
}

const sayWaiting = (count: number, action?: { label: string; run: () => void }): void =>
  toast(t('{count, plural, one {# change has} other {# changes have}} not been sent', { count }), {
    kind: 'error',
    description: t('Go online and they are sent by themselves.'),
    ...(action && { action }),
  });

export async function signOut(): Promise<void> {
  const count = waiting().length;
  if (count > 0) sayWaiting(count, { label: t('Sign out without them'), run: () => void attempt(leave) });
  else await leave();
}

/** Goes on in the same person's account in another workspace; there a second factor may be asked for. */
export async function changeWorkspace(tenant_id: string): Promise<void> {
  const count = waiting().length;
  if (count > 0) return sayWaiting(count);
  leaving = true;
  let next: string;
  try {
    const answer = await api.post<SignInAnswer>('/session/workspace', { tenant_id });
    if (answer.outcome === 'signed_in') {
      await keepNothing();
      next = homeOf(answer.session.home, answer.session.features_off);
    } else next = `/sign-in#challenge=${answer.challenge}`;
  } catch (error) {
    leaving = false;
    throw error;
  }
  queryClient.clear();
  forgetRecents();
  window.location.assign(next);
}

/** While one signs out, requests that are refused already do not send one to sign in and back here. */
let leaving = false;
export const isLeaving = () => leaving;

async function leave(): Promise<void> {
  // What the browser keeps may be somebody else's by now, who signed in from another window.
  await api.get('/session');
  leaving = true;
  try {
    // Before the answer has the browser clear what it stores, which closes the database under this.
    await keepNothing();
    await api.delete('/session');
  } catch (error) {
    leaving = false;
    throw error;
  }
  endPage('signed_out');
  queryClient.clear();
  // Nor does the browser keep what this person read or was writing.
  forgetRecents();
  forgetDrafts();
  window.sessionStorage.clear();
  window.location.assign('/sign-in');
}

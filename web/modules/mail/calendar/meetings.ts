/** What the page of calendars reads and changes. Nothing of it stays in the browser for work without a network. */
import { useQuery } from '@tanstack/react-query';
import type { z } from 'zod';
import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type { calendarAccount } from '../../../../src/modules/mail/calendar/account/contract.ts';
import type { calendar } from '../../../../src/modules/mail/calendar/contract.ts';
import type { meeting, meetingPeople } from '../../../../src/modules/mail/meeting/contract.ts';
import { api, readAll } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';

export type OwnCalendar = RowOf<typeof calendar>;
export type CalendarAccount = z.infer<typeof calendarAccount>;
export type Meeting = RowOf<typeof meeting> & { shown: 'exists' | 'subject' | 'everything' };
export type MeetingPeople = z.infer<typeof meetingPeople>;

const key = 'meeting';
const poll_ms = 30_000;
const busy_poll_ms = 3_000;

export const refreshCalendars = () => queryClient.invalidateQueries({ queryKey: [key] });

export const useCalendars = () =>
  useQuery({
    queryKey: [key, 'calendars'],
    queryFn: async ({ signal }) => (await readAll<OwnCalendar>('/meeting-calendars', { sort: 'name' }, signal)).data,
  });

export const useAccounts = () =>
  useQuery({
    queryKey: [key, 'accounts'],
    queryFn: async ({ signal }) => (await api.get<{ data: CalendarAccount[] }>('/calendar-accounts', {}, signal)).data,
    refetchInterval: ({ state }) =>
      state.data?.some(({ calendars }) => calendars.some((one) => one.is_chosen && one.state === 'syncing'))
        ? busy_poll_ms
        : poll_ms,
  });

/** The meetings that touch a span of time. */
export const useMeetings = (from: string, to: string) =>
  useQuery({
    queryKey: [key, 'list', from, to],
    queryFn: async ({ signal }) => {
      const filter = JSON.stringify({
        and: [
          { field: 'occurred_at', op: 'lt', value: to },
          { field: 'ends_at', op: 'gte', value: from },
        ],
      });
      return (await readAll<Meeting>('/meetings', { filter, sort: 'occurred_at' }, signal)).data;
    },
    refetchInterval: poll_ms,
  });

export const useMeeting = (id: string | undefined) =>
  useQuery({
    queryKey: [key, 'one', id],
    enabled: id !== undefined,
    queryFn: ({ signal }) => api.get<Meeting>(`/meetings/${id}`, {}, signal),
  });

export const usePeople = ({ id, version, shown }: Meeting) =>
  useQuery({
    queryKey: [key, 'people', id, version],
    enabled: shown === 'everything',
    queryFn: ({ signal }) => api.get<MeetingPeople>(`/meetings/${id}/people`, {}, signal),
  });

/** What somebody who sees that there is a meeting, and no more, reads in its place. */
export const isBusy = ({ shown }: Meeting): boolean => shown !== 'everything';

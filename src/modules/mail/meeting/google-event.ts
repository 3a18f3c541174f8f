/** What is used of an event of Google Calendar (its schema Event). */
export interface GoogleEvent {
  id: string;
  etag: string;
  status?: 'confirmed' | 'tentative' | 'cancelled';
  summary?: string;
  /** Can be HTML. */
  description?: string;
  location?: string;
  visibility?: 'default' | 'public' | 'private' | 'confidential';
  start?: GoogleTime;
  end?: GoogleTime;
  recurrence?: string[];
  /** Of a changed time of a series: its series, and when it was planned. */
  recurringEventId?: string;
  originalStartTime?: GoogleTime;
  organizer?: { email?: string; displayName?: string };
  attendees?: GoogleAttendee[];
  updated?: string;
}

export interface GoogleTime {
  date?: string | null;
  dateTime?: string | null;
  timeZone?: string | null;
}

export interface GoogleAttendee {
  email?: string;
  displayName?: string;
  responseStatus?: 'needsAction' | 'declined' | 'tentative' | 'accepted';
  organizer?: boolean;
  /** A room, or a thing. */
  resource?: boolean;
}

export const isZone = (timeZone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }) !== undefined;
  } catch {
    return false;
  }
};

/** By whose clock a time is planned; one that nobody knows is read in UTC. */
export const zoneOfTime = ({ timeZone }: GoogleTime = {}): string => (timeZone && isZone(timeZone) ? timeZone : 'UTC');

import type { Person } from './person.ts';

/** What a vCard says of a contact. */
export type Card = Omit<Person, 'notes' | 'details'>;

/** Under which a card of ours carries the record's own id: its UID is the id that the record has elsewhere, if any. */
export const id_property = 'x-holdfast-id';

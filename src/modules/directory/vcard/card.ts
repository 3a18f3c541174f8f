/** What a vCard says of a person, as far as a contact has room for it. */
export interface Card {
  id: string | null;
  uid: string | null;
  given_name: string | null;
  family_name: string | null;
  emails: string[];
  phones: string[];
  job_title: string | null;
  company: string | null;
  street: string | null;
  city: string | null;
  region: string | null;
  postal_code: string | null;
  country: string | null;
  time_zone: string | null;
  tags: string[];
}

/** Under which a card of ours carries the record's own id: its UID is the id that the record has elsewhere, if any. */
export const id_property = 'x-holdfast-id';

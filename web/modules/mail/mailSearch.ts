const names = ['mailbox', 'folder', 'thread', 'message', 'view', 'q'] as const;

/**
 * What of the mail is shown: a mailbox, one of its folders, a conversation, by its id or by that of one of its
 * messages; words that are looked for; or a view: all, snoozed, outbox.
 */
export type MailSearch = { [name in (typeof names)[number]]?: string };

export const mailSearch = (search: Record<string, unknown>): MailSearch =>
  Object.fromEntries(names.flatMap((name) => (typeof search[name] === 'string' ? [[name, search[name]]] : [])));

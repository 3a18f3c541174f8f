import { may, readOnly, type TableRule } from '../../kernel/access/table-rule.ts';
import { inThread, ofCalendar, ofMailbox } from './reach.ts';

const mine = `exists (select from mailbox m where m.tenant_id = mail_connection.tenant_id and m.id = mail_connection.mailbox_id
    and m.owner_id = (select app.user_id()))`;
const system = '(select app.is_system())';
const administered = `(${system} or ${may('tenant', 'update')})`;
const written = { append: system, change: system, remove: system };

export const mailTables: readonly TableRule[] = [
  readOnly('mail_connection', null, {
    right: 'mailbox',
    others: [{ name: 'own', to: 'to holdfast_app', holds: `(${system} or ${may('mailbox', 'update')} and ${mine})` }],
    note: 'Where a mailbox is and its password are its owner’s alone.',
  }),
  readOnly('mail_folder', ofMailbox('exists'), {
    right: 'mailbox',
    rows: { append: ofMailbox('own'), change: ofMailbox('own'), remove: system },
    note: 'The owner chooses which are imported, and archives into one that is not there yet.',
  }),
  readOnly('mailbox_alias', ofMailbox('own'), {
    right: 'mailbox',
    rows: { append: ofMailbox('own'), change: ofMailbox('own'), remove: ofMailbox('own') },
  }),
  readOnly('sharing_exception', ofMailbox('own'), {
    right: 'mailbox',
    rows: { append: ofMailbox('own'), change: ofMailbox('own'), remove: ofMailbox('own') },
    note: 'What somebody shares otherwise than the rest is theirs to say and to see: it names what is not shared.',
  }),
  readOnly('mail_thread', inThread, {
    right: 'mailbox',
    rows: { ...written, change: ofMailbox('own') },
  }),
  readOnly('mail_ledger', ofMailbox('own'), {
    right: 'mailbox',
    rows: { ...written, change: ofMailbox('own') },
    note: 'What became of each mail is its owner’s to see: the ledger names what is not shared, too.',
  }),
  readOnly('outgoing_mail', ofMailbox('own'), {
    right: 'mailbox',
    rows: { append: ofMailbox('own'), change: ofMailbox('own') },
    note: 'Nobody writes from the mailbox of somebody else.',
  }),
  readOnly('calendar_account', null, {
    right: 'mailbox',
    others: [
      {
        name: 'own',
        to: 'to holdfast_app',
        holds: `(${system} or ${may('mailbox', 'update')} and owner_id = (select app.user_id()))`,
      },
    ],
    note: 'Where calendars are and the password to them are their owner’s alone.',
  }),
  readOnly('calendar_source', ofCalendar('own'), {
    right: 'mailbox',
    rows: { append: ofCalendar('own'), change: ofCalendar('own'), remove: system },
    note: 'The owner of a calendar chooses whether it is imported.',
  }),
  readOnly('calendar_object', ofCalendar('own'), {
    right: 'mailbox',
    rows: written,
    note: 'What became of each item is its owner’s to see: it names what is not shared, too.',
  }),
  readOnly('google_client', `(${system} or ${may('mailbox', 'read')})`, {
    right: 'mailbox',
    rows: { append: administered, change: administered, remove: administered },
    note: 'Who connects goes to Google with it; its secret is sealed.',
  }),
  readOnly('calendar_address', system, { right: 'mailbox', rows: written }),
  readOnly('message_address', system, { right: 'mailbox', rows: written }),
  readOnly('message_reference', system, { right: 'mailbox', rows: written }),
];

import type { FastifyRequest } from 'fastify';
import type { Database } from '../../../kernel/database/database.ts';
import { invalidBy, with_input } from '../../../kernel/errors/field-errors.ts';
import { problems } from '../../../kernel/errors/problem.ts';
import { refuseBrokenOff } from '../../../kernel/files/receive.ts';
import { asCallerCopying } from '../../../kernel/http/as-caller.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import { type Actor, contextOver, settingsOf, systemActor, withContext } from '../../../kernel/tenancy/context.ts';
import { readToday } from '../period.ts';
import { type FileDecisions, type FileReport, fileDecisions, fileReport } from './contract.ts';
import { ofx_bytes_max } from './ofx-tree.ts';
import { importFile, readFile } from './service.ts';

export { ofx_bytes_max as file_bytes_max } from './ofx-tree.ts';

/** The file and what was decided about it, all in memory: nothing of it is stored. */
async function sentFile(request: FastifyRequest): Promise<{ bytes: Buffer; decisions: FileDecisions }> {
  if (!request.isMultipart()) throw problems.malformed('Send the file as multipart/form-data, in the part "file".');
  refuseBrokenOff(request.raw);
  const part = await request.file({
    limits: { fileSize: ofx_bytes_max + 1, files: 1, fields: 1, fieldSize: 4_000_000 },
  });
  if (!part) throw problems.malformed('There is no part with a file in the body.');
  const bytes = await part.toBuffer();
  if (bytes.length > ofx_bytes_max)
    throw problems.tooLarge('This file is larger than 50 MB. Ask for a shorter period.');
  const field = part.fields.decisions;
  const said = field && 'value' in field && typeof field.value === 'string' ? field.value : '{}';
  return { bytes, decisions: decisionsIn(said) };
}

/** Decisions about a file, from JSON. Throws a `Problem`. */
export function decisionsIn(text: string): FileDecisions {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw problems.malformed('The part "decisions" is not JSON. It comes before the file.');
  }
  const parsed = fileDecisions.safeParse(given, with_input);
  if (!parsed.success) throw invalidBy(parsed.error);
  return parsed.data;
}

const read = (path: string, summary: string, dry: boolean): Route =>
  route({
    method: 'POST',
    path,
    tag: 'Custodian files',
    summary,
    access: { resource: 'household', action: 'update' },
    transaction: false,
    uploads: 'file',
    response: fileReport,
    status: 200,
    handler: async (bare, { request }) => {
      const { bytes, decisions } = await sentFile(request);
      const file = await readForActor(bare.db, bare.actor!, bytes, decisions);
      if ('columns' in file) return { body: { ...nothing, unknown: file } };
      return { body: await asCallerCopying(bare, request, (ctx) => importFile(ctx, file, decisions, dry)) };
    },
  });

/** Reads a file on the budget of the actor, whose workspace says which day it is. */
async function readForActor(db: Database, actor: Actor, bytes: Buffer, decisions: FileDecisions) {
  const today = await withContext(db, actor, readToday, { mode: 'read' });
  return readFile(bytes, decisions, today, { tenant: actor.tenant_id, caller: actor.user_id ?? '' });
}

/**
 * What became, or with `dry` would become, of each row of a file that the program itself takes in, as for the command
 * line. Throws a `Problem` for a file that cannot be read. Of one that nobody knows, `unknown` has the columns.
 */
export async function importCustodianFile(
  db: Database,
  tenant_id: string,
  bytes: Buffer,
  { decisions, dry }: { decisions: FileDecisions; dry: boolean },
): Promise<FileReport> {
  const actor = systemActor(tenant_id);
  const file = await readForActor(db, actor, bytes, decisions);
  if ('columns' in file) return { ...nothing, unknown: file };
  const settings = settingsOf(actor, { request_id: `cli:${process.pid}` });
  return db.streaming(settings, (tx) => importFile(contextOver(tx, db, actor), file, decisions, dry));
}

const nothing = {
  source: null,
  rows: 0,
  counts: { imported: 0, duplicate: 0, waiting: 0, skipped: 0, refused: 0 },
  accounts: [],
  securities: [],
  samples: [],
};

export const custodianFileRoutes: Route[] = [
  read(
    '/api/v1/custodian-file-previews',
    'Say what would become of each row of a file of a custodian, with decisions in the part "decisions" before it',
    true,
  ),
  read(
    '/api/v1/custodian-file-imports',
    'Take a file of a custodian into accounts. What waits for a decision goes in when it is sent again with one; the same file twice changes nothing',
    false,
  ),
];

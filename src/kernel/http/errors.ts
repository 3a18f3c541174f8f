import { resourceOfTable } from '../contract/resource.ts';
import { brokeConnection } from '../database/broken.ts';
import { invalidField, Problem, problems } from '../errors/problem.ts';
import { FileError } from '../files/file-store.ts';
import { VaultError } from '../vault/seal.ts';

/** A database error as `pg` throws it. */
interface DatabaseError extends Error {
  code: string;
  constraint?: string;
  table?: string;
  column?: string;
  detail?: string;
  routine?: string;
}

/** Messages of `pg`, which have no code, when the connection to the server is lost. */
const lostConnection =
  /^(Connection terminated|Client (has encountered a connection error|was closed)|timeout exceeded when trying to connect|Query read timeout)/;
/** Error codes of the system for a connection that cannot be made or has broken. */
const lostNetwork = new Set(
  'EAI_AGAIN ECONNABORTED ECONNREFUSED ECONNRESET EHOSTDOWN EHOSTUNREACH ENETDOWN ENETUNREACH ENOENT ENOTFOUND EPIPE ETIMEDOUT'.split(
    ' ',
  ),
);
/**
 * What Node finds wrong with the certificate that a server shows, as after one that ran out, or by a clock that is
 * wrong.
 */
const distrusted = new Set(
  'CERT_HAS_EXPIRED CERT_NOT_YET_VALID CERT_REVOKED CERT_UNTRUSTED DEPTH_ZERO_SELF_SIGNED_CERT ERR_TLS_CERT_ALTNAME_INVALID SELF_SIGNED_CERT_IN_CHAIN UNABLE_TO_GET_ISSUER_CERT UNABLE_TO_GET_ISSUER_CERT_LOCALLY UNABLE_TO_VERIFY_LEAF_SIGNATURE'.split(
    ' ',
  ),
);
/** Messages of the multipart parser, which have no code, for a malformed body. */
const brokenMultipart =
  /^(Multipart: Boundary not found|The needle cannot|Unsupported content type|Unexpected end of multipart data|\w+ terminated early)/;
const unreachable =
  'The database cannot be reached. Try again in a moment, with the same Idempotency-Key if you sent one.';

/** SQLSTATE of a server that stops, starts, or has no room for a connection. */
const restarts = new Set(['53300', '57P01', '57P02', '57P03', '08006']);

/**
 * Whether the database went away, or, `maybe`, another server that was connected to: what the system says of both is
 * the same.
 */
export function isDatabaseAway(error: unknown): boolean | 'maybe' {
  const { code, message } = error as { code?: string; message: string };
  if (lostConnection.test(message) || restarts.has(code ?? '') || brokeConnection(error)) return true;
  return lostNetwork.has(code ?? '') && !isMissingFile(error) && 'maybe';
}

/** An error as the problem to respond with; undefined for an error of the program. */
export function toProblem(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  if (error instanceof FileError) return fileProblem(error);
  if (error instanceof VaultError && error.missingKey !== undefined) return problems.keyMissing(error.missingKey);
  if (lostConnection.test((error as Error).message)) return problems.unavailable(unreachable);
  if (brokenMultipart.test((error as Error).message))
    return problems.malformed('The body is no complete multipart/form-data, or its content type names no boundary.');
  const code = (error as { code?: unknown }).code;
  if (typeof code !== 'string') return undefined;
  // Before the SQLSTATE codes, because EPIPE looks like one.
  if (distrusted.has(code) || (lostNetwork.has(code) && !isMissingFile(error)))
    return problems.unavailable(unreachable);
  if (/^[0-9A-Z]{5}$/.test(code)) return databaseProblem(error as DatabaseError);
  if (code.startsWith('FST_')) return fastifyProblem(error as { code: string; statusCode?: number; message: string });
  return undefined;
}

/** The socket of a server that does not run is missing too, and is the only file that is connected to. */
const isMissingFile = (error: unknown): boolean => {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' && syscall !== 'connect';
};

function fileProblem(error: FileError): Problem {
  switch (error.code) {
    case 'file_not_found':
      return problems.notFound('file');
    case 'file_too_large':
      return problems.tooLarge(error.message);
    case 'range_not_satisfiable':
    case 'type_mismatch':
    case 'file_infected':
      return invalidField('file', error.code, error.message);
    case 'scan_failed':
    case 'store_unavailable':
      return problems.unavailable(error.message);
  }
}

function databaseProblem(error: DatabaseError): Problem | undefined {
  switch (error.code) {
    case '23505': {
      if (error.constraint === 'custom_value_taken')
        return problems.duplicate(
          error.column ?? 'is_unique',
          'Another record has this value already, perhaps one in the trash or one that you do not see',
        );
      const field = uniqueField(error);
      return field
        ? problems.duplicate(field, `There is another record with this ${field.replace(/_/g, ' ')}`)
        : problems.duplicate('body', 'There is such a record already');
    }
    // What `on delete restrict` raises from PostgreSQL 18 on; before, it was 23503 as below.
    case '23001':
      return inUse();
    case '23503': {
      if (error.detail?.includes('still referenced')) return inUse();
      return invalidField(referenceField(error), 'no_such_record', 'There is no such record');
    }
    case '23P01':
      return problems.conflict(
        'Another record, perhaps one that you do not see, holds for part of this period.',
        'overlaps',
      );
    case '23514':
    case '23502':
    case '22001':
    case '22003':
      if (constraintField(error) === 'period')
        return invalidField(
          resourceOfTable(error.table)?.period?.to ?? 'period',
          'ends_before',
          'This is before the period begins',
        );
      if (error.code === '23502') return invalidField(error.column ?? 'body', 'required', 'This is required');
      return invalidField(
        error.column ?? constraintField(error),
        'not_allowed',
        error.routine === raised_in_plpgsql ? error.message : 'This value is not valid here',
      );
    case '22021':
    case '22P05':
      return problems.malformed('The text holds a character that cannot be stored.');
    case '22P02':
    case '22007':
    case '22008':
    case '22009':
      return problems.malformed('A value of the request has the wrong form.');
    // Also what a role was not granted, which is an error of the installation.
    case '42501':
      return policy_refusals.has(error.routine) ? problems.forbidden() : undefined;
    case '40001':
    case '40P01':
    case '55P03':
      return problems.conflict('Somebody else was changing the same records. Try again.');
    case '57014':
      return problems.queryTimeout();
    case '25006':
      return problems.unavailable(
        'The database is read-only at the moment, so nothing was changed. Reading goes on; try again later, or tell your administrator.',
        'read_only',
      );
    case '53100':
      return problems.unavailable(
        'The disk of the database is full, so nothing was changed. Tell your administrator to make room on it.',
        'disk_full',
      );
    case '0A000':
      // A statement from before a migration, which is prepared anew.
      return error.routine === 'RevalidateCachedQuery' ? restarting() : undefined;
    default:
      return restarts.has(error.code) ? restarting() : undefined;
  }
}

const restarting = () => problems.unavailable('The database is busy or restarting. It is retried automatically.');

const inUse = () =>
  problems.conflict(
    'Other records still use this one, perhaps some in the trash. Change or remove them first.',
    'in_use',
  );

/** Messages of our own triggers and checks are written for people. */
const raised_in_plpgsql = 'exec_stmt_raise';

/** Where PostgreSQL refuses a row by a policy, and where a trigger does. */
const policy_refusals = new Set<string | undefined>(['ExecWithCheckOptions', raised_in_plpgsql]);

/** Constraints are named `<table>_<field>` (unique) or `<table>_tenant_id_<field>_fkey` (references). */
function constraintField(error: DatabaseError): string {
  const name = error.constraint ?? '';
  const prefix = `${error.table ?? ''}_`;
  const field = (name.startsWith(prefix) ? name.slice(prefix.length) : name)
    .replace(/^tenant_id_/, '')
    .replace(/_(fkey|key|check|pkey)$/, '');
  return field || 'id';
}

/**
 * The field whose value is taken: the last one in the name of the constraint, which may list the columns within which
 * it is unique, such as `pipeline_id_name`. Undefined when the name has no field; PostgreSQL reports no columns where
 * row-level security is on.
 */
function uniqueField(error: DatabaseError): string | undefined {
  const listed = constraintField(error);
  const resource = resourceOfTable(error.table);
  if (!resource || resource.meta.has(listed)) return listed;
  const ends = [...resource.meta.keys()].filter((field) => listed.endsWith(`_${field}`));
  return ends.sort((one, other) => other.length - one.length)[0];
}

/**
 * The field that names the absent record. Where the constraint lists several columns, such as
 * `pipeline_id_stage_id_status`, it is the last reference.
 */
function referenceField(error: DatabaseError): string {
  const listed = constraintField(error);
  const fields = [...(resourceOfTable(error.table)?.meta ?? [])].filter(([, { type }]) => type === 'reference');
  const places = fields.map(([field]) => ({ field, at: `_${listed}_`.lastIndexOf(`_${field}_`) }));
  return places.filter(({ at }) => at !== -1).sort((one, other) => other.at - one.at)[0]?.field ?? listed;
}

function fastifyProblem(error: { code: string; statusCode?: number; message: string }): Problem {
  if (error.statusCode === 414)
    return new Problem(414, 'address_too_long', 'The address is too long', 'A part of the path is longer than any id.');
  if (error.statusCode === 413 || error.code === 'FST_REQ_FILE_TOO_LARGE')
    return problems.tooLarge('The body is larger than this address accepts.');
  if (error.statusCode === 415) {
    return new Problem(
      415,
      'unsupported_media_type',
      'This kind of content is not accepted here',
      'Send "content-type: application/json".',
    );
  }
  return problems.malformed(error.message);
}

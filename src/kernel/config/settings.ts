import { z } from 'zod';
import { storageClasses } from '../files/contract.ts';

const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
const web_address_form = 'Write the whole address, beginning with https:// or http://, such as https://crm.example.com';
/** A bare z.url() also takes crm.example.com:443, whose protocol would be crm.example.com. */
const webAddress = z.url({ protocol: /^https?$/, hostname: /./, error: web_address_form });
const count = (fallback: number, max: number) => z.coerce.number().int().min(1).max(max).default(fallback);

/**
 * Every setting, from the environment. A setting NAME that holds a secret may also come from the file named by
 * NAME_FILE, or from the systemd credential of that name in lower case.
 * docs/configuration.md is generated from this table.
 */
export const settings = {
  HOLDFAST_ROLE: z
    .enum(['all', 'web', 'worker', 'migrate'])
    .default('all')
    .describe('What is done here: serve, run jobs, both (the worker being a process of its own), or only migrate'),
  HOST: z.string().default('127.0.0.1').describe('Address to listen on; 0.0.0.0 for every network'),
  PORT: z.coerce.number().int().min(0).max(65535).default(3000).describe('Port to listen on'),
  HOLDFAST_DATA: z.string().default('./data').describe('Directory for the embedded database, files and the key'),
  HOLDFAST_KEY: z
    .string()
    .optional()
    .describe(
      'Master key: 32 bytes as base64url, base64 or hex; several as 2:KEY,1:KEY, of which the first writes and all read. Made in the data directory when nothing external is configured',
    ),
  HOLDFAST_KMS_KEY_ID: z
    .string()
    .max(2_048)
    .optional()
    .describe(
      'The key of AWS KMS, by id or ARN, that wraps HOLDFAST_KEY where it begins with kms: (docs/operating/keys.md)',
    ),
  PUBLIC_URL: webAddress
    .optional()
    .describe('Address people use, such as https://crm.example.com; needed behind a proxy and for links in mails'),
  GOOGLE_URL: webAddress
    .optional()
    .describe('An address that stands in for Google, for tests: Gmail, Google Calendar and signing in there'),
  TRUST_PROXY: z
    .string()
    .optional()
    .describe('Comma-separated addresses of proxies whose X-Forwarded-* headers are believed'),
  DATABASE_URL: z
    .string()
    .optional()
    .describe(
      'External PostgreSQL 16 to 18, as a role that owns the database, makes roles and bypasses row-level security (docs/operating/install.md); without it the embedded one is started',
    ),
  DATABASE_CONNECTIONS_MAX: count(10, 200).describe(
    'Connections for requests and jobs of this process at most; beside them it may take a third more for long reads, and 14',
  ),
  CACHE_MEGABYTES: z.coerce
    .number()
    .int()
    .min(0)
    .max(4096)
    .default(64)
    .describe('Memory of this process for what it keeps at hand, without Redis; 0 keeps nothing'),
  REDIS_URL: z.string().optional().describe('Redis for cache and limits shared between processes'),
  S3_ENDPOINT: webAddress
    .optional()
    .describe('S3-compatible store for files; without it files are kept in the data directory'),
  S3_REGION: z.string().default('us-east-1').describe('Region of the store'),
  S3_BUCKET: z.string().optional().describe('Bucket for files'),
  S3_ACCESS_KEY_ID: z.string().optional().describe('Access key of the store'),
  S3_SECRET_ACCESS_KEY: z.string().optional().describe('Secret key of the store'),
  S3_STORAGE_CLASS: z
    .enum(storageClasses)
    .optional()
    .describe(`Of uploaded files: ${storageClasses.join(', ')}; without it the bucket decides`),
  FILES_WARM_URL: z
    .string()
    .optional()
    .describe(
      'Where files go that nobody read for a while: a folder (/mnt/warm) or a bucket (s3://BUCKET beside S3_BUCKET, https://KEY:SECRET@HOST/BUCKET?region=REGION elsewhere, with ?storage_class=CLASS)',
    ),
  FILES_WARM_AFTER_DAYS: z.coerce
    .number()
    .int()
    .min(0)
    .max(36_500)
    .default(90)
    .describe(
      'Days since its upload, or since somebody last read it, after which a file goes there; 0: never, and those that are there come back',
    ),
  FILES_COLD_URL: z.string().optional().describe('Where files go that nobody read for long, in the same form'),
  FILES_COLD_AFTER_DAYS: z.coerce
    .number()
    .int()
    .min(0)
    .max(36_500)
    .default(365)
    .describe('Days after which a file goes there; 0: never, and those that are there come back'),
  BACKUP_DIR: z
    .string()
    .optional()
    .describe('Backup store: a folder on another disk or machine, never below the data directory'),
  BACKUP_S3_ENDPOINT: webAddress.optional().describe('Backup store: an S3-compatible store'),
  BACKUP_S3_REGION: z.string().default('us-east-1').describe('Region of that store'),
  BACKUP_S3_BUCKET: z.string().optional().describe('Bucket for backups, never that of the files'),
  BACKUP_S3_ACCESS_KEY_ID: z.string().optional().describe('Access key of that store'),
  BACKUP_S3_SECRET_ACCESS_KEY: z.string().optional().describe('Secret key of that store'),
  BACKUP_DAYS: count(14, 3_650).describe('Days for which backups are kept; the last three are kept in any case'),
  BACKUP_EVERY_HOURS: z.coerce
    .number()
    .refine((hours) => hours >= 1 && 24 % hours === 0, 'is one of 1, 2, 3, 4, 6, 8, 12, 24')
    .default(24)
    .describe('A full backup is made and proven each so many hours: 1, 2, 3, 4, 6, 8, 12 or 24'),
  BACKUP_PROOF_DATABASE_URL: z
    .string()
    .optional()
    .describe(
      'An empty database where backups of the one at DATABASE_URL are proven, as its owner, who makes roles and bypasses row-level security; without it in an embedded PostgreSQL',
    ),
  BACKUP_RESTORE_COMMAND: z
    .string()
    .optional()
    .describe(
      'Where pgBackRest, Barman, WAL-G or the like back up the database at DATABASE_URL: the command that restores it into {dir}, as it was at {time}. Holdfast then proves those backups and makes none of the database',
    ),
  BACKUP_RESTORE_SECONDS_MAX: count(14_400, 604_800).describe('Time that such a restore may take'),
  BACKUP_LOSS_SECONDS_MAX: count(300, 86_400).describe(
    'Proof of such a backup: time within which a change has to be in the archive of that tool',
  ),
  BACKUP_POSTGRES_BIN: z
    .string()
    .optional()
    .describe(
      'Directory with the program postgres that is started on such a restore; without it where distributions of Linux install that version, or the embedded one',
    ),
  SMTP_URL: z.string().optional().describe('Outgoing mail, such as smtps://user:password@mail.example.com'),
  MAIL_FROM: z.string().default('Holdfast <holdfast@localhost>').describe('Sender of mails'),
  SMTP_ALLOW_PLAINTEXT: flag
    .default(false)
    .describe('true: mail is sent without TLS to a server on another machine that offers none'),
  CLAMD_URL: z
    .string()
    .optional()
    .describe('ClamAV daemon that scans uploads and files of mails, such as tcp://127.0.0.1:3310'),
  ALLOW_PRIVATE_NETWORKS: flag
    .default(false)
    .describe(
      'true: sign-in providers and webhooks that administrators enter may be on this machine or in a private network',
    ),
  OUTBOUND_HOSTS: z
    .string()
    .optional()
    .transform((text = '') =>
      text
        .toLowerCase()
        .split(/[\s,]+/)
        .filter(Boolean),
    )
    .refine((hosts) => hosts.every((host) => /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/.test(host)), {
      error: 'takes names or addresses of hosts, such as api.openai.com, 10.0.0.5:8080 or [::1]',
    })
    .describe(
      'Comma-separated hosts to which language models of workspaces may be sent texts, such as api.openai.com or 127.0.0.1:11434; without a port, 443. A private address counts only where it stands here itself; empty: nothing leaves',
    ),
  LANGUAGE_MODEL_SECONDS_MAX: count(60, 600).describe('Time that a language model may take for an answer'),
  FEATURES_OFF: z
    .string()
    .optional()
    .transform((text = '') => text.split(/[\s,]+/).filter(Boolean))
    .describe('Comma-separated, as /api/v1/features names them: what no workspace of this installation has'),
  ALLOW_PLAINTEXT: flag
    .default(false)
    .describe('true: connect to remote stores without TLS; with ALLOW_PRIVATE_NETWORKS also to sign-in providers'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'])
    .default('info')
    .describe('How much is logged'),
  LOG_DAYS: count(30, 3_650).describe('Days for which the log can be searched on the page; then its lines are deleted'),
  MONGODB_URL: z
    .string()
    .optional()
    .describe(
      'MongoDB for the log and a searchable copy of the audit trail, such as mongodb+srv://user:password@cluster.example.com/holdfast; without it the log is in the database',
    ),
  SENTRY_DSN: z
    .string()
    .optional()
    .describe('Errors also go to this Sentry-compatible service, such as https://KEY@errors.example.com/1'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .string()
    .optional()
    .describe(
      'Switches on traces, which are sent by OTLP over HTTP to this collector, such as https://otel.example.com:4318',
    ),
  OTEL_EXPORTER_OTLP_HEADERS: z
    .string()
    .optional()
    .describe('Headers for it, as NAME=VALUE,NAME=VALUE, percent-encoded, such as authorization=Bearer%20TOKEN'),
  OTEL_SERVICE_NAME: z.string().max(100).default('holdfast').describe('Name of this installation in traces'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe('Share of the traces that begin here which is recorded, from 0 to 1; others follow their caller'),
  TRACE_URL_TEMPLATE: z
    .string()
    .regex(/^https?:\/\/\S+$/, 'is an address that begins with https://')
    .refine((text) => text.includes('{trace_id}'), 'contains {trace_id} where the id of the trace belongs')
    .optional()
    .describe(
      'Where the page of the log leads from a line to its trace, such as https://grafana.example.com/trace/{trace_id}',
    ),
  METRICS_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{16,}$/, 'takes 16 characters or more, without spaces. Make one: openssl rand -hex 32')
    .optional()
    .describe('Switches on /metrics for Prometheus, which sends this as its bearer token; at least 16 characters'),
  ALERTS_EVERY_SECONDS: z.coerce
    .number()
    .int()
    .min(0)
    .max(60)
    .default(20)
    .describe('How often the built-in alerts look; 0 switches them off, where Prometheus has the rules'),
  STORAGE_MEGABYTES_PER_TENANT: count(1_048_576, 1_000_000_000).describe('Storage of the files of one workspace'),
  UPLOAD_MEGABYTES_PER_TENANT_AND_DAY: count(102_400, 1_000_000_000).describe(
    'What one workspace may upload within 24 hours',
  ),
  AUDIT_ARCHIVE_MONTHS: z.coerce
    .number()
    .int()
    .min(6)
    .max(1_200)
    .default(24)
    .describe(
      'Months after which the audit trail and earlier values of records move from the database to the file store, where they can still be searched; at least 6',
    ),
  AUDIT_YEARS: z.coerce
    .number()
    .int()
    .min(7)
    .max(100)
    .default(7)
    .describe('Years after which what was archived is deleted, unless it is held; at least 7'),
  HISTORY_DAYS: z.coerce
    .number()
    .int()
    .min(0)
    .max(36_500)
    .default(0)
    .describe(
      'Days for which earlier values of records are kept, for undo and timelines; then they are erased, and the audit trail still says who changed which fields. 0 keeps them for ever',
    ),
  RAW_EVENT_DAYS: z.coerce
    .number()
    .int()
    .min(90)
    .max(36_500)
    .default(730)
    .describe(
      'Days for which raw events are kept: rows of imported files and what was wrong with them, the records that a change of many was for, events that could not be handled; at least 90',
    ),
  VAULT_ADDR: webAddress
    .optional()
    .describe('Vault or OpenBao, where settings say vault:PATH#KEY (docs/operating/keys.md)'),
  VAULT_NAMESPACE: z.string().optional().describe('Its namespace, where there are several'),
  VAULT_TOKEN: z.string().optional().describe('A token of Vault; renewed while Holdfast runs'),
  VAULT_ROLE_ID: z.string().optional().describe('Instead: a role of its AppRole sign-in'),
  VAULT_SECRET_ID: z.string().optional().describe('The secret id of that role'),
  VAULT_KUBERNETES_ROLE: z
    .string()
    .optional()
    .describe('Instead: a role of its Kubernetes sign-in, by the service account of the pod'),
  SECRETS_EVERY_SECONDS: z.coerce
    .number()
    .int()
    .min(10)
    .max(86_400)
    .default(300)
    .describe('How often secrets are read again from Vault or AWS Secrets Manager; on SIGHUP at once'),
  WORKER_SLOTS: count(16, 500).describe('Jobs at once in this process'),
  RATE_LIMIT_ADDRESS_PER_MINUTE: count(3_000, 100_000_000).describe('Requests a minute from one address'),
  RATE_LIMIT_CALLER_PER_MINUTE: count(3_000, 100_000_000).describe('Requests a minute by one session or API key'),
} as const;

export const secretSettings = [
  'HOLDFAST_KEY',
  'DATABASE_URL',
  'BACKUP_PROOF_DATABASE_URL',
  'REDIS_URL',
  'MONGODB_URL',
  'S3_ACCESS_KEY_ID',
  'S3_SECRET_ACCESS_KEY',
  'BACKUP_S3_ACCESS_KEY_ID',
  'BACKUP_S3_SECRET_ACCESS_KEY',
  'SMTP_URL',
  'METRICS_TOKEN',
  'SENTRY_DSN',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'FILES_WARM_URL',
  'FILES_COLD_URL',
  'BACKUP_RESTORE_COMMAND',
  'VAULT_TOKEN',
  'VAULT_SECRET_ID',
] as const;

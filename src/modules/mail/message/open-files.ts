import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { invalidField } from '../../../kernel/errors/problem.ts';
import { FileError } from '../../../kernel/files/file-store.ts';
import type { Services } from '../../../kernel/services.ts';
import { systemActor, withContext } from '../../../kernel/tenancy/context.ts';
import type { MailFile } from './contract.ts';
import { type FileScan, type MailWithFiles, noteScan } from './queries.ts';
import { partsOfMail } from './raw/parsers.ts';
import { readRaw } from './raw/store.ts';

/** Scanners learn of more as time goes by, and that what they found was harmless: after this they are asked again. */
const scan_ms_max = 7 * 86_400_000;
/** As large as what most scanners take: one that is larger is scanned when it is opened. */
export const unopened_bytes_max = 25 * 1024 * 1024;

interface OpenedFile {
  file: MailFile;
  content: Buffer;
}

type ScanServices = Pick<Services, 'files' | 'scan' | 'db' | 'log'>;

/**
 * Files of a mail as they may be given out, which nothing else hands out: where a scanner is configured each was
 * scanned, and none is infected.
 */
export async function openFiles(
  services: ScanServices,
  tenant_id: string,
  mail: MailWithFiles,
  isWanted: (file: MailFile) => boolean = () => true,
): Promise<OpenedFile[]> {
  const opened: OpenedFile[] = [];
  for await (const file of filesOf(services, tenant_id, mail, isWanted)) {
    await refuseInfected(services, tenant_id, mail, file);
    opened.push(file);
  }
  return opened;
}

/** Has the files scanned that are not yet, so that the mail names an infected one before anybody opens it. */
export async function scanUnopened(services: ScanServices, tenant_id: string, mail: MailWithFiles): Promise<void> {
  const isWanted = ({ part, size_bytes }: MailFile) => !(part in mail.file_scans) && size_bytes <= unopened_bytes_max;
  for await (const file of filesOf(services, tenant_id, mail, isWanted))
    try {
      await scanFile(services, tenant_id, mail, file);
    } catch (error) {
      // Whoever opens it is told what to do.
      if (!(error instanceof FileError && error.code === 'file_too_large')) throw error;
    }
}

async function* filesOf(
  services: ScanServices,
  tenant_id: string,
  mail: MailWithFiles,
  isWanted: (file: MailFile) => boolean,
): AsyncGenerator<OpenedFile> {
  const wanted = mail.attachments.filter(isWanted);
  if (!mail.raw_key || wanted.length === 0) return;
  const raw = await readRaw(services, mail.raw_key);
  const contents = await partsOfMail({ raw, parts: wanted.map(({ part }) => part) }, { tenant: tenant_id, caller: '' });
  for (const [at, file] of wanted.entries()) {
    const bytes = contents[at];
    if (bytes) yield { file, content: Buffer.from(bytes) };
  }
}

async function refuseInfected(
  services: ScanServices,
  tenant_id: string,
  mail: MailWithFiles,
  opened: OpenedFile,
): Promise<void> {
  const { part, name } = opened.file;
  const known = await scanFile(services, tenant_id, mail, opened);
  if (!known?.found) return;
  services.log.warn({ tenant_id, message_id: mail.id, part, found: known.found }, 'a file of a mail was held back');
  throw invalidField(
    'file',
    'file_infected',
    `The file ${name} is held back: the virus scanner found ${known.found} in it. Ask the sender for a clean one.`,
  );
}

/** What is known of a file, where it has to be from the scanner; undefined: nothing, as there is none. */
async function scanFile(
  { scan, db }: ScanServices,
  tenant_id: string,
  { id, file_scans }: MailWithFiles,
  { file: { part }, content }: OpenedFile,
): Promise<FileScan | undefined> {
  const sha256 = createHash('sha256').update(content).digest('hex');
  const known = knownScan(file_scans[part], sha256, scan !== undefined);
  if (known || !scan) return known;
  const { clean, found = 'something harmful' } = await scan(Readable.from([content]));
  const now: FileScan = { sha256, found: clean ? null : found, scanned_at: new Date().toISOString() };
  await withContext(db, systemActor(tenant_id), (ctx) => noteScan(ctx, id, part, now));
  return now;
}

/** Without a scanner, which would be asked again, what was found counts on. */
function knownScan(known: FileScan | undefined, sha256: string, hasScanner: boolean): FileScan | undefined {
  if (known?.sha256 !== sha256) return undefined;
  return !hasScanner || Date.now() - Date.parse(known.scanned_at) < scan_ms_max ? known : undefined;
}

import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { invalidField } from '../../../kernel/errors/problem.ts';
import type { Services } from '../../../kernel/services.ts';
import { systemActor, withContext } from '../../../kernel/tenancy/context.ts';
import type { MailFile } from './contract.ts';
import { type FileScan, type MailWithFiles, noteScan } from './queries.ts';
import { partOfMail } from './raw/parsers.ts';
import { readRaw } from './raw/store.ts';

/** Scanners learn of more as time goes by, and that what they found was harmless: after this they are asked again. */
const scan_ms_max = 7 * 86_400_000;

interface OpenedFile {
  file: MailFile;
  content: Buffer;
}

/**
 * Files of a mail as they may be given out, which nothing else hands out: where a scanner is configured each was
 * scanned, and none is infected.
 */
export async function openFiles(
  services: Pick<Services, 'files' | 'scan' | 'db' | 'log'>,
  tenant_id: string,
  mail: MailWithFiles,
  isWanted: (file: MailFile) => boolean = () => true,
): Promise<OpenedFile[]> {
  const wanted = mail.attachments.filter(isWanted);
  if (!mail.raw_key || wanted.length === 0) return [];
  const raw = await readRaw(services, mail.raw_key);
  const opened: OpenedFile[] = [];
  for (const file of wanted) {
    const bytes = await partOfMail({ raw, part: file.part }, { tenant: tenant_id, caller: '' });
    if (!bytes) continue;
    const content = Buffer.from(bytes);
    await refuseInfected(services, tenant_id, mail, { file, content });
    opened.push({ file, content });
  }
  return opened;
}

async function refuseInfected(
  { scan, db, log }: Pick<Services, 'scan' | 'db' | 'log'>,
  tenant_id: string,
  { id, file_scans }: MailWithFiles,
  { file: { part, name }, content }: OpenedFile,
): Promise<void> {
  const sha256 = createHash('sha256').update(content).digest('hex');
  let known = knownScan(file_scans[part], sha256, scan !== undefined);
  if (!known && scan) {
    const { clean, found = 'something harmful' } = await scan(Readable.from([content]));
    const now: FileScan = { sha256, found: clean ? null : found, scanned_at: new Date().toISOString() };
    await withContext(db, systemActor(tenant_id), (ctx) => noteScan(ctx, id, part, now));
    known = now;
  }
  if (!known?.found) return;
  log.warn({ tenant_id, message_id: id, part, found: known.found }, 'a file of a mail was held back');
  throw invalidField(
    'file',
    'file_infected',
    `The file ${name} is held back: the virus scanner found ${known.found} in it. Ask the sender for a clean one.`,
  );
}

/** Without a scanner, which would be asked again, what was found counts on. */
function knownScan(known: FileScan | undefined, sha256: string, hasScanner: boolean): FileScan | undefined {
  if (known?.sha256 !== sha256) return undefined;
  return !hasScanner || Date.now() - Date.parse(known.scanned_at) < scan_ms_max ? known : undefined;
}

import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A certificate that nobody but itself signed, for so many days and of these names (`IP:127.0.0.1`), made by openssl in
 * a folder.
 */
export async function selfSigned(dir: string, days: number, names?: string): Promise<{ key: Buffer; cert: Buffer }> {
  const [key, cert] = [join(dir, `${days}.key`), join(dir, `${days}.pem`)];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-keyout',
      key,
      '-out',
      cert,
      '-days',
      String(days),
      '-subj',
      '/CN=errors.test/O=Holdfast Test',
      ...(names ? ['-addext', `subjectAltName=${names}`] : []),
    ],
    { stdio: 'ignore' },
  );
  return { key: await readFile(key), cert: await readFile(cert) };
}

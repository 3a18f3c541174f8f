import { heedRefusal, url } from '../../../platform/query/api.ts';
import { problemOf, unreachable } from '../../../platform/query/problem.ts';
import { actingUser } from '../../../platform/session/pageUser.ts';
import type { ImportDetail } from './import.ts';

/** Sends the files of an import and says how much of them has gone. `fetch` cannot say that yet. */
export async function uploadImport(
  files: readonly File[],
  onProgress: (fraction: number) => void,
): Promise<ImportDetail> {
  const request = new XMLHttpRequest();
  const form = new FormData();
  for (const file of files) form.append('file', file);
  request.open('POST', url('/imports'));
  const acting = actingUser();
  if (acting) request.setRequestHeader('acting-user', acting);
  request.responseType = 'json';
  request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0));
  await new Promise((resolve, reject) => {
    request.addEventListener('error', () => reject(unreachable()));
    request.addEventListener('load', resolve);
    request.send(form);
  });
  if (request.status < 300) return request.response as ImportDetail;
  const error = await problemOf(request.status, request.response, (name) => request.getResponseHeader(name));
  heedRefusal(error);
  throw error;
}

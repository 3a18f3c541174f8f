import { heedRefusal, url } from '../../../app/api.ts';
import { actingUser } from '../../../app/pageUser.ts';
import { ApiError, unreachable } from '../../../app/problem.ts';
import type { ImportDetail } from './import.ts';

/** Sends the files of an import and says how much of them has gone. `fetch` cannot say that yet. */
export function uploadImport(files: readonly File[], onProgress: (fraction: number) => void): Promise<ImportDetail> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    for (const file of files) form.append('file', file);
    request.open('POST', url('/imports'));
    const acting = actingUser();
    if (acting) request.setRequestHeader('acting-user', acting);
    request.responseType = 'json';
    request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0));
    request.addEventListener('error', () => reject(unreachable()));
    request.addEventListener('load', () => {
      if (request.status < 300) resolve(request.response as ImportDetail);
      else {
        const problem = { errors: [], current: null, request_id: null, ...request.response, status: request.status };
        const error = new ApiError(problem);
        heedRefusal(error);
        reject(error);
      }
    });
    request.send(form);
  });
}

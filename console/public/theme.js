// Sets the colour scheme before the first paint. A blocking file, because the policy of the page forbids inline scripts.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem('chappe-theme');
  } catch {}
  const dark =
    chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();

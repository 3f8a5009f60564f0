/**
 * Keeps the console's page on the device, so that it can be opened where there is no signal. The wall is not kept: a wall that
 * cannot reach its server has to say so.
 */
interface ScriptPolicies {
  createPolicy(name: string, rules: { createScriptURL(address: string): string }): { createScriptURL(address: string): string };
}
const WORKER = '/console-worker.js';

export async function keepAtHand(): Promise<void> {
  // Absent on pages without TLS, and where a browser was told to keep nothing: then the console works online.
  if (!('serviceWorker' in navigator)) return;
  const policies = (globalThis as { trustedTypes?: ScriptPolicies }).trustedTypes;
  const address = policies ? policies.createPolicy('console-worker', { createScriptURL: () => WORKER }).createScriptURL(WORKER) : WORKER;
  await navigator.serviceWorker.register(address, { scope: '/console/' });
  const { active } = await navigator.serviceWorker.ready;
  const files = performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname);
  active?.postMessage({ page: location.pathname, files: [...new Set(files)].filter((file) => file.startsWith('/assets/')) });
}

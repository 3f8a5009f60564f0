import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [svelte()],
  resolve: { conditions: ['source', 'browser', 'module', 'import', 'default'] },
  define: { __BUILD__: JSON.stringify(process.env.COMM_CELL_BUILD ?? '') },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // Wall screens are often years behind: everything must run on Chromium 111 and its contemporaries.
    target: ['chrome111', 'firefox115', 'safari16.4'],
    // The page is served with a content policy that allows no data: fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // The codecs of libs/contract are for the server; the page uses its constants and types only.
      treeshake: { manualPureFunctions: ['z'] },
    },
  },
  server: { proxy: { '/v1': 'http://127.0.0.1:3000', '/socket.io': { target: 'ws://127.0.0.1:3000', ws: true } } },
});

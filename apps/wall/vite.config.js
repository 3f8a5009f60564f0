import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

/**
 * The forms speak the NHS design system. Its stylesheet is taken as it ships: to compile its Sass took a third of the page's build.
 * Its rules for plain elements must reach no wall: they hold within a form's sheet, and weigh no more there than they did. Its letter
 * it would fetch from another site, so it gets the one that this product may use.
 */
const formStyles = {
  name: 'form styles within their sheet',
  enforce: 'pre',
  transform: {
    filter: { id: /nhsuk-frontend\.css$/ },
    handler: (css) => `:where(.sheet) {\n${css.replaceAll(/@charset[^;]*;|@font-face\s*{[^}]*}/g, '').replaceAll('Frutiger W01', 'Inter Variable')}\n}`,
  },
};

export default defineConfig({
  root: import.meta.dirname,
  plugins: [formStyles, svelte()],
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
      // What a wall needs at once comes in one piece: many small ones are compressed worse and asked for one by one.
      output: { codeSplitting: { groups: [{ name: 'wall', tags: ['$initial'] }] } },
    },
  },
  server: { proxy: { '/v1': 'http://127.0.0.1:3000', '/socket.io': { target: 'ws://127.0.0.1:3000', ws: true } } },
});

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

/**
 * What a screen never needs of its libraries, and they would bring along: socket.io's ways to connect besides WebSocket, and what Svelte
 * does with a page that a server has drawn. An empty module stands in each place; to name something that is not in it ends the build.
 */
const neverNeeded = [
  { within: '/engine.io-client/', module: /^\.\/(polling-xhr\.node|webtransport)\.js$/, instead: 'export const XHR = undefined, WT = undefined;' },
  {
    within: '/svelte/src/internal/client/',
    module: /\/hydration\.js$/,
    instead: `
      export const hydrating = false, hydrate_node = null;
      export function set_hydrating() {}
      export function set_hydrate_node() {}
      export function hydrate_next() {}
      export function hydrate_template() {}
      export function read_hydration_instruction() {}
      export function skip_nodes() {}
      export function reset() {}
      export function next() {}`,
  },
];
const leaveOut = {
  name: 'leave out what is never needed',
  enforce: 'pre',
  apply: 'build',
  resolveId: {
    filter: { id: neverNeeded.map(({ module }) => module) },
    handler(id, importer) {
      const which = neverNeeded.findIndex(({ within, module }) => importer?.includes(within) && module.test(id));
      return which < 0 ? null : `\0never needed ${which}`;
    },
  },
  load: { filter: { id: /^\0never needed/ }, handler: (id) => neverNeeded[Number(id.at(-1))].instead },
};

export default defineConfig({
  root: import.meta.dirname,
  plugins: [formStyles, leaveOut, svelte()],
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
      // What is always false (Svelte's hydration, see above) is known where it is asked, and what hangs on it goes.
      optimization: { inlineConst: { mode: 'all', pass: 2 } },
      treeshake: {
        // The codecs of libs/contract are for the server; the page uses its constants and types only. Of what Svelte knows of a window, its size.
        manualPureFunctions: ['z', 'ReactiveValue'],
        // Modules that do nothing by being imported: what a wall does not use of them stays out of it, or with the screens that do.
        moduleSideEffects: [{ test: /\/node_modules\/((socket|engine)\.io-client\/|svelte\/src\/(?!internal\/flags))/, sideEffects: false }],
      },
      // What a wall needs at once comes in one piece: many small ones are compressed worse and asked for one by one. The tag knows all
      // that belongs to it; dependencies of dependencies would bring in again what was just left with the other screens.
      output: { codeSplitting: { groups: [{ name: 'wall', tags: ['$initial'], includeDependenciesRecursively: false }] } },
    },
  },
  server: { proxy: { '/v1': 'http://127.0.0.1:3000', '/socket.io': { target: 'ws://127.0.0.1:3000', ws: true } } },
});

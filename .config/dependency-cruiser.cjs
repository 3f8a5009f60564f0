/**
 * Who may import whom: the house plan of docs, kept by a machine. Imports run downward only, features on one floor do not
 * know each other, and there are no cycles. Types count like values: an import type is an arrow on the plan too.
 */
const FEATURES = 'ingest|live|replay|alerts|notify|huddle|ops|console|boards|audit|trends|packs|history|keys|concerns|goals';
const WEB = '(^|/)node_modules/(@nestjs/(platform-[^/]+|websockets)|@fastify/|fastify|socket\\.io|express)';

/** Files at `from` import what `may` names and nothing else: no other part of the house, no package, no part of Node. */
const only = (name, comment, from, ...may) => ({ name, comment, severity: 'error', from: { path: from }, to: { pathNot: may } });
const never = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    never('no-cycles', 'Two parts that need each other are one part, or miss a third.', {}, { circular: true }),
    never('no-unresolved', 'An import that leads nowhere.', {}, { couldNotResolve: true }),
    never(
      'no-barrels',
      'Import a thing from where it is; an index file hides the arrows.',
      { path: '^(apps|libs|tests)/' },
      { path: '^(apps|libs|tests)/.*/index\\.(ts|js|mjs)$' },
    ),
    never(
      'no-grab-bags',
      'Name a folder or a file for what it is about.',
      {},
      { path: '/(utils?|helpers?|common|shared|misc|base)[./]', pathNot: '(^|/)node_modules/' },
    ),
    never(
      'tests-are-not-imported',
      'What ships must not lean on tests.',
      { path: '^(apps|libs)/[^/]+/src/' },
      { path: '^(tests/|(apps|libs)/[^/]+/test/)|\\.spec\\.ts$' },
    ),

    only('board-imports-nothing', 'The model is pure: no package, no part of Node, no other library.', '^libs/board/src/', '^libs/board/src/'),
    only(
      'board-state-floor',
      'Events and state know only what they are made of.',
      '^libs/board/src/(state|events|definition|cell|rule|response|scheme|names|time|canonical)\\.ts$',
      '^libs/board/src/(events|definition|cell|rule|response|scheme|names|time|canonical)\\.ts$',
    ),
    only(
      'board-rules-floor',
      'Rules judge what they are given.',
      '^libs/board/src/(rules|spc)/',
      '^libs/board/src/(rules|spc)/',
      '^libs/board/src/(state|events|definition|cell|rule|response|scheme|names|time|canonical)\\.ts$',
    ),
    never(
      'board-decide-apart',
      'What follows from an event is decided on the fold; the slices and the views are not its business.',
      { path: '^libs/board/src/decide/' },
      { path: '^libs/board/src/(slices|views)/' },
    ),
    never(
      'board-views-apart',
      'Deciding, folding and viewing do not know each other.',
      { path: '^libs/board/src/views/' },
      { path: '^libs/board/src/(slices|decide)/|^libs/board/src/evolve\\.ts$' },
    ),
    never(
      'board-slices-apart',
      'Deciding, folding and viewing do not know each other.',
      { path: '^libs/board/src/(slices/|evolve\\.ts$)' },
      { path: '^libs/board/src/(views|decide)/' },
    ),

    only('contract-plain', 'Codecs know the model and zod.', '^libs/contract/src/', '^libs/contract/src/', '^libs/board/src/', '(^|/)node_modules/zod/'),
    never(
      'contract-takes-types-only',
      'The wall bundles the contract: it must not pull the model in by the back door.',
      { path: '^libs/contract/src/' },
      { path: '^libs/board/', dependencyTypesNot: ['type-only'] },
    ),
    never('libs-never-apps', 'Libraries do not know who uses them.', { path: '^libs/' }, { path: '^apps/' }),

    never(
      'database-floor',
      'The ground floor knows nobody above.',
      { path: '^apps/api/src/database/' },
      { path: '^apps/', pathNot: '^apps/api/src/(database/|[^/]+\\.ts$)' },
    ),
    never(
      'journal-floor',
      'The journal stands on the database alone.',
      { path: '^apps/api/src/journal/' },
      { path: '^apps/', pathNot: '^apps/api/src/(journal|database)/|^apps/api/src/[^/]+\\.ts$' },
    ),
    never(
      'access-floor',
      'Access stands on the database alone.',
      { path: '^apps/api/src/access/' },
      { path: '^apps/', pathNot: '^apps/api/src/(access|database)/|^apps/api/src/[^/]+\\.ts$' },
    ),
    never(
      'keeper-floor',
      'The keeper knows the journal and the model.',
      { path: '^apps/api/src/keeper/' },
      { path: '^apps/', pathNot: '^apps/api/src/(keeper|journal)/|^apps/api/src/[^/]+\\.ts$' },
    ),
    never('keeper-no-web', 'The keeper speaks neither HTTP nor sockets.', { path: '^apps/api/src/keeper/' }, { path: WEB }),
    never('keeper-no-views', 'What a screen shows is not the keeper’s business.', { path: '^apps/api/src/keeper/' }, { path: '^libs/board/src/views/' }),
    never(
      'features-apart',
      'A feature knows keeper, journal, access, desk and database; never another feature.',
      { path: `^apps/api/src/(${FEATURES})/` },
      { path: '^apps/', pathNot: '^apps/api/src/($1|keeper|journal|access|desk|database)/|^apps/api/src/[^/]+\\.ts$' },
    ),
    never(
      'desk-floor',
      'What people do is carried out by the keeper, for whoever access let in.',
      { path: '^apps/api/src/desk/' },
      { path: '^apps/', pathNot: '^apps/api/src/(desk|keeper|journal|access)/|^apps/api/src/[^/]+\\.ts$' },
    ),
    never(
      'roof-is-not-imported',
      'main and the module list are the roof.',
      { pathNot: '^apps/[^/]+/src/[^/]+\\.ts$' },
      { path: '^apps/[^/]+/src/(main|app\\.module)\\.ts$' },
    ),

    never(
      'wall-borders',
      'The wall knows the contract and the part of the model that folds and shows.',
      { path: '^apps/wall/src/' },
      { path: '^(apps|libs|tests)/', pathNot: '^apps/wall/|^libs/(contract|board)/src/' },
    ),
    never('wall-never-decides', 'Only the server decides; two deciders could disagree.', { path: '^apps/wall/src/' }, { path: '^libs/board/src/decide/' }),
    never(
      'panels-draw',
      'A panel gets props made by views: no source, no socket, no contract.',
      { path: '^apps/wall/src/panels/' },
      {
        path: '^apps/wall/src/(source|screens)/|^apps/wall/src/(main\\.ts|App\\.svelte)$|^libs/contract/|^libs/board/src/(evolve\\.ts|slices/|state\\.ts)|(^|/)node_modules/socket\\.io-client/',
      },
    ),
    never(
      'ui-below',
      'Shapes and clocks know nothing of the board’s sources and panels.',
      { path: '^apps/wall/src/ui/' },
      { path: '^apps/wall/src/(source|panels|screens)/' },
    ),
    never(
      'source-below',
      'A source of state knows nothing of who draws it.',
      { path: '^apps/wall/src/source/' },
      { path: '^apps/wall/src/(ui|panels|screens)/' },
    ),

    never(
      'simulator-outside',
      'The simulator is a provider like any other: it knows the public contract.',
      { path: '^apps/simulator/src/' },
      { path: '^apps/', pathNot: '^apps/simulator/' },
    ),
    never(
      'launcher-borders',
      'The launcher starts parts; of their insides it knows the embedded database alone.',
      { path: '^apps/launcher/' },
      { path: '^apps/', pathNot: '^apps/launcher/|^apps/api/(src|dist)/database/embedded/' },
    ),
  ],
  options: {
    doNotFollow: { path: ['node_modules'] },
    exclude: { path: ['/dist/', '^node_modules/.*\\.d\\.ts$'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.svelte', '.json', '.css'],
    },
  },
};

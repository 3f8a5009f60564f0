'use strict';
// Old syntax on purpose: a Node too old for the rest must still be able to read this file and say so.
var version = process.versions.node.split('.');
if (Number(version[0]) < 20 || (Number(version[0]) === 20 && Number(version[1]) < 19)) {
  console.error(
    'Comm Cell needs Node 20.19 or newer and this is Node ' +
      process.versions.node +
      '; install a current one from https://nodejs.org, then run npm ci and npm start again.',
  );
  process.exitCode = 1;
} else {
  import('./launch.mjs').then(function (launcher) {
    return launcher.launch();
  });
}

export default {
  compilerOptions: {
    runes: true,
    // Templates are built node by node: the content policy forbids innerHTML.
    fragments: 'tree',
  },
};

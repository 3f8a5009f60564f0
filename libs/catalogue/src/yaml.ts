/** Definition files as text, the way people write them: what is short and belongs together stands on one line. */
import { Document, isCollection, isMap, isScalar, isSeq, visit } from 'yaml';

const LINE = 150;

export function writeYaml(content: object): string {
  const document = new Document(content, { aliasDuplicateObjects: false });
  visit(document, {
    Collection: (_, node, ancestors) => {
      // Parts of the file keep lines of their own, however short they are.
      const depth = ancestors.filter(isCollection).length;
      const plain = node.items.every((item) => isScalar(item) || (typeof item === 'object' && item !== null && 'value' in item && isShallow(item.value)));
      if (depth >= 1 && plain && JSON.stringify(node).length < LINE - 6 * depth) node.flow = true;
    },
    // Nothing is said of it: `ed.four-hour@north:` and no more.
    Scalar: (key, node) => {
      if (key === 'value' && node.value === null) node.source = '';
    },
  });
  return document.toString({ lineWidth: 0, nullStr: '', singleQuote: true, flowCollectionPadding: true });
}

/** A word, or a pair of words in both languages, or another group of words of one level. */
function isShallow(value: unknown): boolean {
  if (isScalar(value) || value === null) return true;
  if (isMap(value))
    return value.items.every(
      (item) =>
        isScalar(item.value) ||
        item.value === null ||
        (isCollection(item.value) &&
          item.value.items.every((one) => isScalar(one) || (typeof one === 'object' && one !== null && 'value' in one && isScalar(one.value)))),
    );
  return isSeq(value) && value.items.every((item) => isScalar(item));
}

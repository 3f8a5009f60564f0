/**
 * Jest's environment for Node with an ordinary global object. The usual one puts a Proxy behind an interceptor before every global:
 * each `Math`, `Number` or `structuredClone` of the code under test costs microseconds there, and tests take up to twenty times as long.
 */
import vm from 'node:vm';
import { TestEnvironment } from 'jest-environment-node';

export default class PlainGlobals extends TestEnvironment {
  constructor(config, context) {
    const { createContext } = vm;
    vm.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY);
    try {
      super(config, context);
    } finally {
      vm.createContext = createContext;
    }
  }
}

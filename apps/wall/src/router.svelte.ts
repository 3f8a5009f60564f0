/** The screens' addresses (libs/contract pages) over the history API. */
import { BOARD_SCREENS, OWN_SCREENS, type BoardScreen, type OwnScreen } from '@comm-cell/contract/pages';

export type Route =
  { screen: 'wall'; board: string } | { screen: Exclude<BoardScreen, 'wall'>; board: string } | { screen: OwnScreen | 'boards' } | { screen: 'none' };

export function routeOf(pathname: string): Route {
  const [screen, name, ...rest] = pathname.split('/').filter(Boolean);
  if (screen === undefined) return { screen: 'boards' };
  const own = OWN_SCREENS.find((one) => one === screen);
  if (own && rest.length === 0) return { screen: own };
  const known = BOARD_SCREENS.find((one) => one === screen);
  if (known && name !== undefined && rest.length === 0) return { screen: known, board: decodeURIComponent(name) };
  return { screen: 'none' };
}

export class Router {
  route = $state.raw(routeOf(location.pathname));

  /** `moved` is told of every change of address, before the screen changes. */
  constructor(readonly moved: () => void) {
    addEventListener('popstate', () => this.#read());
    document.addEventListener('click', (event) => this.#follow(event));
  }

  go(address: URL): void {
    history.pushState(null, '', address);
    this.#read();
  }

  #read(): void {
    this.moved();
    this.route = routeOf(location.pathname);
  }

  /** Plain left clicks on links to our own screens stay in the page. */
  #follow(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || link.target) return;
    const address = new URL(link.href);
    if (address.origin !== location.origin || routeOf(address.pathname).screen === 'none') return;
    event.preventDefault();
    this.go(address);
  }
}

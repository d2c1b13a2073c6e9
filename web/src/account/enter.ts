/** inside tells whether a place to go to after signing in is a page of this application, not somebody else's site. */
export function inside(next: string): string {
  return /^\/(?![/\\])/.test(next) ? next : '/'
}

/** enter goes into the application, loaded anew with the new session. */
export function enter(next: string): void {
  localStorage.setItem('recado.known', '1')
  location.assign(inside(next))
}

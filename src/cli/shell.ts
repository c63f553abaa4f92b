export function shellCommand(): void {}

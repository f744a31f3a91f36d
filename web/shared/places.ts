// Where something stands on a picture: corners as the server gives them, and the part around them.
export interface Corner {
  x: number;
  y: number;
}

export interface Mark {
  id: string;
  label: string;
  corners: Corner[];
  kind: 'plain' | 'doubt' | 'fault';
}

export interface Part {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Points of a PDF page to pixels of its picture. */
export function scaled(corners: Corner[], by: number): Corner[] {
  return corners.map(({ x, y }) => ({ x: x * by, y: y * by }));
}

/**
 * The upright part that holds all corners, with a margin that is a share of its height, inside of a
 * picture of that size; nothing without corners, or when they lie outside.
 */
export function part_around(
  corners: Corner[],
  size: { width: number; height: number },
  margin: number,
): Part | undefined {
  if (corners.length === 0) return undefined;
  const xs = corners.map((corner) => corner.x);
  const ys = corners.map((corner) => corner.y);
  const room = (Math.max(...ys) - Math.min(...ys)) * margin;
  const x = Math.max(0, Math.min(...xs) - room);
  const y = Math.max(0, Math.min(...ys) - room);
  const width = Math.min(size.width, Math.max(...xs) + room) - x;
  const height = Math.min(size.height, Math.max(...ys) + room) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : undefined;
}

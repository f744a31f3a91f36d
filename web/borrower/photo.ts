// Photos: from the camera or a file to a JPEG of limited size, before anything is sent.
import { local_problem } from '../shared/api';

/** Pixels of the longer side: enough for a face, and for small print. */
export const FACE_SIDE = 1600;
export const PRINT_SIDE = 2400;
const QUALITY = 0.9;

interface Part {
  left: number;
  top: number;
  width: number;
  height: number;
}

async function to_jpeg(
  source: CanvasImageSource,
  { left, top, width, height }: Part,
  max_side: number,
): Promise<Blob> {
  const scale = Math.min(1, max_side / Math.max(width, height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas
    .getContext('2d')
    ?.drawImage(source, left, top, width, height, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(local_problem('photo.unreadable'))),
      'image/jpeg',
      QUALITY,
    );
  });
}

/** What the person sees on the screen (the middle of the picture, `object-fit: cover`), nobody beside it. */
export function photo_from_video(video: HTMLVideoElement, max_side: number): Promise<Blob> {
  const { videoWidth, videoHeight, clientWidth, clientHeight } = video;
  const scale = Math.min(videoWidth / clientWidth, videoHeight / clientHeight);
  const width = clientWidth * scale;
  const height = clientHeight * scale;
  const part = {
    left: (videoWidth - width) / 2,
    top: (videoHeight - height) / 2,
    width,
    height,
  };
  return to_jpeg(video, part, max_side);
}

export async function photo_from_file(file: File, max_side: number): Promise<Blob> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw local_problem('photo.unreadable');
  }
  try {
    const whole = { left: 0, top: 0, width: bitmap.width, height: bitmap.height };
    return await to_jpeg(bitmap, whole, max_side);
  } finally {
    bitmap.close();
  }
}

export type LightHint = 'dark' | 'bright' | 'blurred' | 'good';

const SAMPLE = 96;

/** What the middle of the picture lacks, judged roughly and on the phone alone. */
export function judge_light(video: HTMLVideoElement): LightHint {
  const canvas = document.createElement('canvas');
  canvas.width = SAMPLE;
  canvas.height = SAMPLE;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const side = Math.min(video.videoWidth, video.videoHeight) * 0.7;
  if (!context || side === 0) return 'good';
  const left = (video.videoWidth - side) / 2;
  const top = (video.videoHeight - side) / 2;
  context.drawImage(video, left, top, side, side, 0, 0, SAMPLE, SAMPLE);
  const { data } = context.getImageData(0, 0, SAMPLE, SAMPLE);
  const luma = Float32Array.from(
    { length: SAMPLE * SAMPLE },
    (_, index) =>
      0.299 * (data[index * 4] ?? 0) +
      0.587 * (data[index * 4 + 1] ?? 0) +
      0.114 * (data[index * 4 + 2] ?? 0),
  );
  const mean = luma.reduce((sum, value) => sum + value, 0) / luma.length;
  if (mean < 55) return 'dark';
  if (mean > 225) return 'bright';
  return edge_energy(luma) < 12 ? 'blurred' : 'good';
}

// Mean square of the Laplacian.
function edge_energy(luma: Float32Array): number {
  let sum = 0;
  for (let y = 1; y < SAMPLE - 1; y += 1) {
    for (let x = 1; x < SAMPLE - 1; x += 1) {
      const at = y * SAMPLE + x;
      const here = luma[at] ?? 0;
      const around =
        (luma[at - 1] ?? 0) +
        (luma[at + 1] ?? 0) +
        (luma[at - SAMPLE] ?? 0) +
        (luma[at + SAMPLE] ?? 0);
      sum += (around - 4 * here) ** 2;
    }
  }
  return sum / (SAMPLE - 2) ** 2;
}

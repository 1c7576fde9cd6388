"""Depth and normals from trees in their official layouts, missing pixels as 0."""

import json
import pathlib
from collections.abc import Iterator

import numpy as np
from frames import Sample
from read_files import raw, rgb, some
from vocabulary import FARTHEST_M

KITTI_WINDOW = (352, 1216)  # rows and columns that Garg's crop of KITTI keeps: bottom, centre


def with_depth(image: np.ndarray, depth: np.ndarray, known: np.ndarray) -> Sample:
    return Sample(image, depth=np.where(known, np.minimum(depth, FARTHEST_M), 0).astype(np.float32))


def diode_depth(root: pathlib.Path) -> Iterator[Sample]:
    for path in some(list(root.rglob("*_depth.npy")), root):
        stem = str(path).removesuffix("_depth.npy")
        yield with_depth(rgb(pathlib.Path(stem + ".png")), np.load(path)[..., 0], np.load(stem + "_depth_mask.npy") > 0)


def nyu(root: pathlib.Path) -> Iterator[Sample]:
    for path in some(list(root.rglob("filled_*.png")), root):
        image = rgb(path.with_name(path.name.replace("filled", "rgb")))
        depth = raw(path) / 1000
        yield with_depth(image, depth, depth > 0)


def kitti(root: pathlib.Path) -> Iterator[Sample]:
    """The window that the model is shown."""
    for line in (root / "eigen_test_files_with_gt.txt").read_text().splitlines():
        image_name, depth_name, _ = line.split(" ")
        found = [root / "data_depth_annotated" / half / depth_name for half in ("train", "val")]
        for path in (path for path in found if path.exists()):
            image, depth = rgb(root / image_name), raw(path) / 256
            top = image.shape[0] - KITTI_WINDOW[0]
            left = (image.shape[1] - KITTI_WINDOW[1]) // 2
            window = (slice(top, None), slice(left, left + KITTI_WINDOW[1]))
            yield with_depth(image[window], depth[window], depth[window] > 0)


def sintel(root: pathlib.Path) -> Iterator[Sample]:
    for path in some(list(root.rglob("*.dpt")), root):
        content = path.read_bytes()
        width, height = np.frombuffer(content, "<i4", 2, 4)
        depth = np.frombuffer(content, "<f4", width * height, 12).reshape(height, width)
        image = str(path).replace("/depth/", "/final/").replace(".dpt", ".png")
        yield with_depth(rgb(pathlib.Path(image)), depth, depth > 0)


def vkitti(root: pathlib.Path) -> Iterator[Sample]:
    for path in some(list(root.rglob("depth_*.png")), root):
        image = str(path).replace("/depth/", "/rgb/").replace("depth_", "rgb_").replace(".png", ".jpg")
        depth = raw(path) / 100
        yield with_depth(rgb(pathlib.Path(image)), depth, depth > 0)


def eth3d(root: pathlib.Path) -> Iterator[Sample]:
    for line in (root / "eth3d_filename_list.txt").read_text().splitlines():
        image_name, depth_name = line.split(" ")
        image = rgb(root / image_name)
        depth = np.fromfile(root / depth_name, "<f4").reshape(image.shape[:2])
        yield with_depth(image, depth, np.isfinite(depth))


def ibims(root: pathlib.Path) -> Iterator[Sample]:
    base = root / "ibims1_core_raw"
    for path in some(list((base / "depth").glob("*.png")), root):
        depth = raw(path) * (50 / 65535)
        known = (depth > 0) & (raw(base / "mask_invalid" / path.name) > 0)
        yield with_depth(rgb(base / "rgb" / path.name), depth, known)


def scannet(root: pathlib.Path) -> Iterator[Sample]:
    for path in some(list(root.glob("*/depth/*.png")), root):
        depth = raw(path) / 1000
        yield with_depth(rgb(path.parent.parent / "color" / (path.stem + ".jpg")), depth, depth > 0)


def with_normals(image: np.ndarray, normals: np.ndarray) -> Sample:
    length = np.linalg.norm(normals, axis=-1, keepdims=True)
    known = length > 0.5
    return Sample(image, normals=np.where(known, normals / np.maximum(length, 1e-6), 0).astype(np.float32))


def towards_camera(height: int, width: int) -> np.ndarray:
    """[H, W, 3], from what a pixel of DIODE shows to the camera; its focal lengths at 1024 x 768."""
    x = (np.arange(width) + 0.5 - width / 2) / (886.81 * width / 1024)
    y = (np.arange(height) + 0.5 - height / 2) / (927.06 * height / 768)
    return np.stack([*np.meshgrid(-x, y), np.ones((height, width))], -1)


def diode_normals(root: pathlib.Path) -> Iterator[Sample]:
    """As stored, some point away from the camera."""
    for path in some(list(root.rglob("*_normal.npy")), root):
        normals = np.load(path)
        facing = (normals * towards_camera(*normals.shape[:2])).sum(-1, keepdims=True)
        image = rgb(pathlib.Path(str(path).removesuffix("_normal.npy") + ".png"))
        yield with_normals(image, np.where(facing < 0, -normals, normals))


def dsine(root: pathlib.Path) -> Iterator[Sample]:
    """Sets whose normals are PNG or NPY with x to the left; (0, 0, 0) is unknown."""
    for path in some([p for p in root.rglob("*_normal.*") if p.suffix in (".png", ".npy")], root):
        if path.suffix == ".npy":
            normals = np.load(path)
        else:
            stored = raw(path)
            largest = 255 if stored.dtype == np.uint8 else 65535
            normals = np.where((stored == 0).all(-1, keepdims=True), 0, stored * (2 / largest) - 1)
        stem = str(path)[: -len("_normal.png")]
        image = next(p for p in (stem + "_img.png", stem + "_img.jpg") if pathlib.Path(p).exists())
        yield with_normals(rgb(pathlib.Path(image)), normals * np.array([-1, 1, 1]))


def motion(quaternion: list[float], translation: list[float]) -> np.ndarray:
    """4 x 4, of a quaternion (w, x, y, z)."""
    w, x, y, z = np.array(quaternion) / np.linalg.norm(quaternion)
    out = np.eye(4)
    out[:3, :3] = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    out[:3, 3] = translation
    return out


def nuscenes(root: pathlib.Path) -> Iterator[Sample]:
    """Lidar points drawn into the image; the nearest of a pixel."""
    tables = {name: json.loads((root / "v1.0-mini" / f"{name}.json").read_text())
              for name in ("sample_data", "calibrated_sensor", "ego_pose")}
    poses = {row["token"]: row for name in ("calibrated_sensor", "ego_pose") for row in tables[name]}

    def to_world(capture: dict) -> np.ndarray:
        steps = [poses[capture[name]] for name in ("ego_pose_token", "calibrated_sensor_token")]
        return np.linalg.multi_dot([motion(s["rotation"], s["translation"]) for s in steps])

    by_sample: dict[str, dict[str, dict]] = {}
    for capture in tables["sample_data"]:
        by_sample.setdefault(capture["sample_token"], {})[capture["fileformat"]] = capture
    for captures in by_sample.values():
        camera, lidar = captures["jpg"], captures["pcd"]
        image = rgb(root / camera["filename"])
        points = np.fromfile(root / lidar["filename"], "<f4").reshape(-1, 5)[:, :3].astype(np.float64)
        seen = np.linalg.inv(to_world(camera)) @ to_world(lidar) @ np.c_[points, np.ones(len(points))].T
        seen = seen[:3, seen[2] > 1]
        u, v = (np.array(poses[camera["calibrated_sensor_token"]]["camera_intrinsic"]) @ (seen / seen[2]))[:2]
        inside = (u >= 0) & (u < image.shape[1]) & (v >= 0) & (v < image.shape[0])
        depth = np.full(image.shape[:2], np.inf)
        np.minimum.at(depth, (v[inside].astype(int), u[inside].astype(int)), seen[2, inside])
        yield with_depth(image, depth, np.isfinite(depth))

#!/usr/bin/env python3
"""Writes tests/golden/depth_sets: one tiny tree per depth set, what is in it, and answers to it.

The trees are written by NumPy, SciPy, Pillow and struct, from formulas that are not assay's;
expected.json states what a reader must find. What evaluators make of trees and answers is
computed by scripts/make_depth_scores.py, and by scripts/make_depth_transcription.py where there
is no code to run.

Run once; the output is committed. Needs NumPy, SciPy and Pillow. With names of layouts only
these are written again.

    python3 scripts/make_depth_samples.py [LAYOUT…]
"""

import json
import pathlib
import shutil
import struct
import sys

import numpy as np
from PIL import Image

SEED = 20240229
SMALL = (24, 18)
WIDE = (64, 52)  # larger than the corner at which the NYU box begins


def grid(size):
    y, x = np.mgrid[0 : size[1], 0 : size[0]]
    return x.astype(np.int64), y.astype(np.int64)


def picture(size, shift):
    x, y = grid(size)
    red = 200 + (40 * x) // size[0]
    green = 100 + (60 * y) // size[1] + shift
    blue = 10 + (30 * (x + y)) // (size[0] + size[1])
    return np.stack([red, green, blue], axis=-1).astype(np.uint8)


def metres(size, shift, near=1.0, far=24.0):
    """Asymmetric, nearer below; multiples of 1/64, so that float32 and JSON hold them exactly."""
    x, y = grid(size)
    x, y = size[0] - 1 - x, size[1] - 1 - y
    ramp = (3 * x + 5 * y + x * y % 7 + 11 * shift) / (3 * size[0] + 5 * size[1] + 40)
    return np.round((near + (far - near) * ramp) * 64) / 64


def hole(size, shift):
    x, y = grid(size)
    return (x + 2 * y + shift) % 9 == 0


# At and around the ends of ranges that protocols score; 0.1 lies between two float32.
ENDS = (0.0625, 0.09375, 0.1, 0.125, 0.625, 8.5, 9.75, 10, 10.5, 20, 24.5, 25, 26, 49.5, 50, 52,
        65.5, 70, 79.5, 80, 81, 99)
FAR_ENDS = (100, 101, 110, 149, 150, 151, 180, 200, 201)


def with_ends(depth, row, column, values=ENDS):
    out = depth.copy()
    out[row, column : column + len(values)] = values
    return out


def answer(depth, shift, far=6):
    """Off by a scale, a shift, something that no line takes out, and some pixels far beyond either end."""
    x, y = grid((depth.shape[1], depth.shape[0]))
    close = 0.4 * depth + 0.7 + 0.05 * ((x * 7 + y * 3 + shift) % 11) * np.sqrt(depth)
    kind = (x + 3 * y + shift + 21) % 31
    return (close * np.where(kind == 0, far, np.where(kind == 7, 0.001, 1))).astype(np.float32)


def rows(array):
    return np.asarray(array).tolist()


def save(array, path, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(array).save(path, **options)


def save_npy(array, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, array)


def put(data, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def manifest(root, layout, samples, size):
    text = json.dumps({"layout": layout, "samples": samples, "seed": SEED, "size": list(size)})
    put((text + "\n").encode(), root / "assay-synthetic.json")


def diode(root, answers):
    """Depth (H, W, 1) float32; masks of three number types; NaN, inf and -1 where unusable."""
    names = [("indoors/scene_00090/scan_00901", "00090_00901_indoors_010_000", "|b1"),
             ("indoors/scene_00090/scan_00900", "00090_00900_indoors_000_000", "<f8"),
             ("outdoor/scene_00091/scan_00902", "00091_00902_outdoor_020_000", "|u1")]
    lines, samples = [], []
    for i, (folder, name, kind) in enumerate(names):
        depth = with_ends(with_ends(metres(WIDE, i), 48, 42), 49, 42, FAR_ENDS)
        depth[50, [45, 53 - i]] = 2.0**-11, 2.0**-9  # about a millimetre; the second one's answer is too
        depth[50, 47:49] = 80, 81  # inside Garg's box
        usable = ~hole(WIDE, i)
        stored = np.where(usable, depth, [np.nan, np.inf, -1.0][i]).astype("<f4")
        stored[47, 50] = depth[47, 50]  # a depth that the mask does not want
        usable[47, 50] = False
        stem = root / folder / name
        save(picture(WIDE, i), stem.with_suffix(".png"))
        save_npy(stored[:, :, None], stem.parent / (name + "_depth.npy"))
        save_npy(usable.astype(kind), stem.parent / (name + "_depth_mask.npy"))
        save_npy(answer(depth, i, far=[6, 6, 25][i]), answers / folder / f"pred_{name}.npy")
        path = f"{folder}/{name}"
        lines.append(f"{path}.png {path}_depth.npy {path}_depth_mask.npy")
        found = np.where(np.isfinite(stored) & (stored > 0), stored.astype(float), 0)
        samples.append({"key": path, "cluster": folder, "depth_m": rows(found),
                        "mask": rows(usable.astype(int))})
    put("\n".join(lines).encode(), root / "diode_val_all_filename_list.txt")
    manifest(root, "diode", len(samples), WIDE)
    return samples


def eth3d(root, answers):
    """Bare float32 under the name of a JPEG, +inf for nothing; wide enough for max_res 1024."""
    size = (1040, 6)
    frames = [("office_900", "DSC_9007"), ("courtyard_900", "DSC_9003")]
    lines, samples = [], []
    for i, (scene, name) in enumerate(frames):
        depth = with_ends(with_ends(metres(size, i, near=0.5, far=70.0), 3, 30), 4, 30, FAR_ENDS)
        depth = depth.astype(np.float32).astype(float)
        missing = hole(size, i)
        image = f"rgb/{scene}/images/dslr_images/{name}.JPG"
        truth = f"depth/{scene}_dslr_depth/{scene}/ground_truth_depth/dslr_images/{name}.JPG"
        save(picture(size, i), root / image, format="JPEG", quality=98)
        put(np.where(missing, np.inf, depth).astype("<f4").tobytes(), root / truth)
        save_npy(answer(depth, i), answers / f"rgb/{scene}/images/dslr_images/pred_{name}.npy")
        lines.append(f"{image} {truth}")
        samples.append({"key": image[:-4], "cluster": scene, "depth_m": rows(np.where(missing, 0, depth))})
    put("\n".join(lines).encode(), root / "eth3d_filename_list.txt")
    put(f"# Camera list\n0 THIN_PRISM_FISHEYE {size[0]} {size[1]} 800.5 801.25 520 3 0 0 0 0 0 0 0 0\n".encode(),
        root / "rgb/office_900/dslr_calibration_jpg/cameras.txt")
    samples[0]["camera"] = [800.5, 801.25, 520, 3]
    manifest(root, "eth3d", len(samples), size)
    return samples


def ibims_masks(i):
    x, y = grid(SMALL)
    return ~hole(SMALL, i), ~((x > 8) & (x < 12 + i) & (y > 4))


def ibims_mat(root, answers):
    """SciPy's version 5: deflated with logical masks and MATLAB's K, plain with uint8 masks."""
    import scipy.io

    samples = []
    for i, name in enumerate(["attic_01", "cellar_02"]):
        depth = with_ends(metres(SMALL, i, near=0.8, far=30.0) + 1 / 3, 4, 1)  # no float32 holds these
        usable, opaque = ibims_masks(i)
        k = np.array([[150.5, 0, 11.75], [0, 151.25, 9.5], [0, 0, 1]])
        stored = np.where(usable, depth, [np.nan, 0.0][i])
        data = {"rgb": picture(SMALL, i), "depth": stored, "edges": np.zeros(SMALL[::-1], np.uint8),
                "calib": k.T if i == 0 else k, "mask_invalid": usable if i == 0 else usable * np.uint8(255),
                "mask_transp": opaque if i == 0 else opaque.astype(np.uint8), "mask_wall_paras": np.zeros((0, 4))}
        path = root / "ibims1_core_mat" / f"{name}.mat"
        path.parent.mkdir(parents=True, exist_ok=True)
        scipy.io.savemat(path, {"data": data}, do_compression=i == 0)
        save_npy(answer(depth, i), answers / f"{name}.npy")
        samples.append({"key": name, "cluster": name[:-3], "depth_m": rows(np.where(usable, depth, 0)),
                        "mask": rows((usable & opaque).astype(int)), "camera": [150.5, 151.25, 11.75, 9.5]})
    put("\n".join(s["key"] for s in reversed(samples)).encode(), root / "imagelist.txt")
    manifest(root, "ibims-mat", len(samples), SMALL)
    return list(reversed(samples))


def ibims_raw(root, answers):
    """u16 times 50 / 65535; masks of one bit and of eight."""
    samples = []
    base = root / "ibims1_core_raw"
    for i, name in enumerate(["attic_01", "cellar_02"]):
        raw = np.round(metres(SMALL, i, near=0.8, far=49.0) * 65535 / 50).astype(np.uint16)
        usable, opaque = ibims_masks(i)
        raw[~usable] = 0
        save(picture(SMALL, i), base / "rgb" / f"{name}.png")
        save(raw, base / "depth" / f"{name}.png")
        for mask, folder in ((usable, "mask_invalid"), (opaque, "mask_transp")):
            (base / folder).mkdir(parents=True, exist_ok=True)
            image = Image.fromarray(mask.astype(np.uint8) * 255)
            (image.convert("1") if i == 0 else image).save(base / folder / f"{name}.png")
        put([b"150.5,151.25,11.75,9.5", b"150.5 151.25 11.75 9.5\r\n"][i], base / "calib" / f"{name}.txt")
        samples.append({"key": name, "cluster": name[:-3], "depth_m": rows(raw * 50.0 / 65535),
                        "mask": rows((usable & opaque).astype(int)), "camera": [150.5, 151.25, 11.75, 9.5]})
    put(b"attic_01\r\ncellar_02\r\n", base / "imagelist.txt")
    manifest(root, "ibims-raw", len(samples), SMALL)
    return samples


def scannet(root, answers):
    lines, samples = [], []
    for i, (scene, frame) in enumerate([("scene9001_02", 300), ("scene9000_00", 1100)]):
        depth = with_ends(metres(SMALL, i, near=0.4, far=12.0), 8, 1, ENDS[:17])
        raw = np.round(depth * 1000).astype(np.uint16)
        raw[9, 1:5] = 65501, 65501, 1, 2  # beyond what some call the end of the format, and least
        raw[hole(SMALL, i)] = 0
        image, truth = f"{scene}/color/{frame:06}.jpg", f"{scene}/depth/{frame:06}.png"
        save(picture(SMALL, i), root / image, quality=98)
        save(raw, root / truth)
        save_npy(answer(raw / 1000, i), answers / f"{scene}/color/pred_{frame:06}.npy")
        lines.append(f"{image} {truth}")
        samples.append({"key": image[:-4], "cluster": scene, "depth_m": rows(raw / 1000)})
    put("\n".join(lines).encode(), root / "scannet_val_sampled_list_800_1.txt")
    manifest(root, "scannet", len(samples), SMALL)
    return samples


def vkitti(root, answers):
    """Full size, as Marigold cuts KITTI's window; coarse, so that the files stay small."""
    size, window = (1242, 375), (slice(23, 375), slice(13, 1229))
    x, y = grid(size)
    samples = []
    lines = []
    for i, (variation, camera, frame) in enumerate([("sunset", 1, 3)]):
        depth = (250 + 6 * ((size[1] - y) // 3) * ((size[1] - y) // 3) // 2 + 40 * (x // 60)).astype(np.uint16)
        depth[y < 90] = 65535
        frames = f"Scene01/{variation}/frames"
        image = f"rgb/{frames}/rgb/Camera_{camera}/rgb_{frame:05}.jpg"
        truth = f"depth/{frames}/depth/Camera_{camera}/depth_{frame:05}.png"
        save(np.zeros((size[1], size[0], 3), np.uint8), root / image)
        save(depth, root / truth)
        pred = (0.4 * depth[window] / 100 + 0.5 + 0.3 * ((x[window] // 40 + y[window] // 25) % 5)).astype(np.float16)
        file = answers / f"rgb/{frames}/rgb/Camera_{camera}/pred_rgb_{frame:05}.npz"
        file.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(file, pred=pred)
        lines.append(f"{image} {truth}")
        samples.append({"key": image[:-4], "cluster": "Scene01",
                        "some": [[int(u), int(v), float(depth[v, u] / 100)] for u, v in
                                 [(0, 0), (1241, 374), (0, 374), (1241, 0), (620, 187), (61, 200)]]})
    put("\n".join(lines).encode(), root / "vkitti_val.txt")
    manifest(root, "vkitti", len(samples), size)
    return samples


def sintel(root, answers):
    samples = []
    for i, (sequence, frame) in enumerate([("alley_9", 1), ("alley_9", 2), ("market_9", 1)]):
        depth = with_ends(metres(SMALL, i, near=0.3, far=110.0), 15, 1)
        depth[9, :3] = [999, 1000, 1001]
        depth[:3] = 100000
        depth = depth.astype(np.float32).astype(float)
        name = f"{sequence}/frame_{frame:04}"
        put(struct.pack("<fii", 202021.25, *SMALL) + depth.astype("<f4").tobytes(),
            root / "training/depth" / f"{name}.dpt")
        k = [140.5, 0, 12.25, 0, 141.75, 9.5, 0, 0, 1]
        motion = [1, 0, 0, 0.5 * i, 0, 1, 0, -0.25, 0, 0, 1, 2]
        put(struct.pack("<f9d12d", 202021.25, *k, *motion), root / "training/camdata_left" / f"{name}.cam")
        save(picture(SMALL, i), root / "training/final" / f"{name}.png")
        save_npy(answer(depth, i, far=40), answers / f"final/{name}.npy")
        samples.append({"key": f"final/{name}", "cluster": sequence, "depth_m": rows(depth),
                        "camera": [140.5, 141.75, 12.25, 9.5]})
    manifest(root, "sintel", len(samples), SMALL)
    return samples


def turn(q, p):
    """q p q* with quaternions (w, x, y, z)."""
    q = np.asarray(q, float) / np.linalg.norm(q)
    u = q[1:]
    return p + 2 * np.cross(u, np.cross(u, p) + q[0] * p)


def project(points, lidar, lidar_vehicle, camera_vehicle, camera, k, size):
    """Step by step through the frames; floor, nearest wins."""
    for rotation, shift in (lidar, lidar_vehicle):
        points = turn(rotation, points) + shift
    for rotation, shift in (camera_vehicle, camera):
        back = np.array([rotation[0], -rotation[1], -rotation[2], -rotation[3]])
        points = turn(back, points - np.asarray(shift))
    depth = np.full((size[1], size[0]), np.inf)
    for x, y, z in points:
        if z <= 1:
            continue
        u, v = k[0][0] * x / z + k[0][2], k[1][1] * y / z + k[1][2]
        if 1 < u < size[0] - 1 and 1 < v < size[1] - 1:
            depth[int(v), int(u)] = min(depth[int(v), int(u)], z)
    return np.where(np.isinf(depth), 0, depth)


def nuscenes(root, answers):
    """Tables of two versions, rows in odd orders, sweeps and other cameras between them."""
    random = np.random.default_rng(SEED)
    k = [[20.5, 0.0, 12.25], [0.0, 21.0, 8.75], [0.0, 0.0, 1.0]]
    camera = ([0.4998, -0.5030, 0.4997, -0.4974], [1.72, 0.005, 1.494])
    lidar = ([0.7077, -0.0065, 0.0107, -0.7064], [0.985, 0.0, 1.840])
    samples, lines = [], []
    versions = {"v1.0-mini": [0], "v1.0-trainval": [1, 2]}
    for version, frames in versions.items():
        data, sensors, poses = [], [], []
        sensors.append({"token": f"{version}-cam", "sensor_token": "s", "translation": camera[1],
                        "rotation": camera[0], "camera_intrinsic": k})
        sensors.append({"token": f"{version}-lid", "sensor_token": "t", "translation": lidar[1],
                        "rotation": lidar[0], "camera_intrinsic": []})
        sensors.append({"token": "unused", "translation": [0, 0], "rotation": [], "camera_intrinsic": []})
        for i in frames:
            vehicle = [([0.6, 0.003, -0.01, 0.8 + 0.01 * i], [411.3 + i, 1180.9, 0.1 * i]),
                       ([0.59, 0.002, -0.008, 0.81 + 0.01 * i], [411.9 + i, 1181.4, 0.1 * i])]
            # Points in front of the camera, moved back through the chain; their pixel is clear of the border.
            u = random.integers(2, SMALL[0] - 2, 240) + random.uniform(0.2, 0.8, 240)
            v = random.integers(2, SMALL[1] - 2, 240) + random.uniform(0.2, 0.8, 240)
            z = np.concatenate([random.uniform(1.2, 70, 160), random.uniform(70, 230, 80)])
            seen = np.stack([(u - k[0][2]) / k[0][0] * z, (v - k[1][2]) / k[1][1] * z, z], axis=-1)
            seen = np.concatenate([seen, random.uniform(-30, 0, (31, 3))])
            points = turn(camera[0], seen) + camera[1]
            points = turn(vehicle[1][0], points) + vehicle[1][1]
            for rotation, shift in (vehicle[0], lidar):
                points = turn([rotation[0], *(-np.array(rotation[1:]))], points - np.array(shift))
            cloud = np.concatenate([points, random.uniform(0, 255, (len(points), 2))], axis=1).astype("<f4")
            image = f"samples/CAM_FRONT/n90{i}-log__CAM_FRONT__15{i}.jpg"
            file = f"samples/LIDAR_TOP/n90{i}-log__LIDAR_TOP__15{i}.pcd.bin"
            save(picture(SMALL, i), root / image, quality=98)
            put(cloud.tobytes(), root / file)
            row = {"sample_token": f"sample{i}", "timestamp": 15 + i, "prev": "", "next": "", "is_key_frame": True}
            data.append({**row, "token": f"l{i}", "ego_pose_token": f"l{i}", "filename": file, "fileformat": "pcd",
                         "calibrated_sensor_token": f"{version}-lid", "height": 0, "width": 0})
            data.append({**row, "filename": f"sweeps/LIDAR_TOP/{i}.pcd.bin", "is_key_frame": False})
            data.append({**row, "filename": f"samples/CAM_BACK/{i}.jpg", "token": "back"})
            data.append({**row, "token": f"c{i}", "ego_pose_token": f"c{i}", "filename": image, "fileformat": "jpg",
                         "calibrated_sensor_token": f"{version}-cam", "height": SMALL[1], "width": SMALL[0]})
            poses += [{"token": f"c{i}", "timestamp": 1, "rotation": vehicle[1][0], "translation": vehicle[1][1]},
                      {"token": f"l{i}", "timestamp": 0, "rotation": vehicle[0][0], "translation": vehicle[0][1]}]
            depth = project(cloud[:, :3].astype(float), lidar, vehicle[0], vehicle[1], camera, k, SMALL)
            save_npy(answer(np.where(depth > 0, depth, 5), i), answers / (image[:-4] + ".npy"))
            samples.append({"key": image[:-4], "cluster": f"n90{i}-log", "depth_m": rows(depth), "tolerance": 1e-9,
                            "camera": [20.5, 21.0, 12.25, 8.75]})
            lines.append([image, image.split("/")[-1], "./" + image][i])
        for name, table in (("sample_data", data[::-1]), ("calibrated_sensor", sensors), ("ego_pose", poses)):
            put(json.dumps(table, indent=0).encode(), root / version / f"{name}.json")
    put("\n".join(reversed(lines)).encode(), root / "nuscenes_samples.txt")
    manifest(root, "nuscenes", len(samples), SMALL)
    return samples[::-1]


def moge(root, answers):
    """Logarithmic 16-bit PNG: texts in front, behind the image, and a legacy unit between the two."""
    from PIL.PngImagePlugin import PngInfo

    random = np.random.default_rng(SEED)
    base = root / "NYUv2"
    samples, keys = [], []
    ranges = [("0.7131", "9.9953", None), ("1.5", "1e2", None), ("713.1", "9995.25", "0.001")]
    for i, (near, far, unit) in enumerate(ranges):
        size = (SMALL[0] + i, SMALL[1])
        raw = random.integers(1, 65535, size[::-1]).astype(np.uint16)
        raw[hole(size, i)] = 0
        raw[0, :3] = [65535, 1, 65534]
        info = PngInfo()
        info.add_text("Comment", "written for assay")
        for place, (keyword, text) in enumerate([("near", near), ("unit", unit), ("far", far)]):
            if text is not None:
                behind = i == 1 or (i == 2 and place > 0)
                info.add(b"tEXt", keyword.encode() + b"\0" + text.encode(), after_idat=behind)
        key = f"attic_{i % 2}/{i:05}"
        (base / key).mkdir(parents=True, exist_ok=True)
        Image.fromarray(raw).save(base / key / "depth.png", pnginfo=info)
        save(picture(size, i), base / key / "image.jpg", quality=98)
        k = [[0.875, 0, 0.5], [0, 1.25, 0.4375], [0, 0, 1]]
        put(json.dumps({"intrinsics": k}).encode(), base / key / "meta.json")
        t = (raw.astype(float) - 1) / 65533
        depth = float(near) ** (1 - t) * float(far) ** t * float(unit or 1)
        depth[(raw == 0) | (raw == 65535)] = 0
        keys.append(key)
        samples.append({"key": key, "cluster": key.split("/")[0], "depth_m": rows(depth), "tolerance": 1e-12 * 100,
                        "camera": [0.875 * size[0], 1.25 * size[1], 0.5 * size[0], 0.4375 * size[1]]})
    put("\n".join(reversed(keys)).encode(), base / ".index.txt")
    manifest(root, "moge", len(samples), (0, 0))
    return samples[::-1]


LAYOUTS = {"diode": diode, "eth3d": eth3d, "ibims-mat": ibims_mat, "ibims-raw": ibims_raw, "moge": moge, "nuscenes": nuscenes,
           "scannet": scannet, "sintel": sintel, "vkitti": vkitti}


def main():
    import PIL
    import scipy

    folder = pathlib.Path(__file__).resolve().parent.parent / "tests" / "golden" / "depth_sets"
    only = sys.argv[1:]
    expected = json.loads((folder / "expected.json").read_text()) if only else {}
    expected["written_by"] = {"Pillow": PIL.__version__, "NumPy": np.__version__, "SciPy": scipy.__version__}
    for layout, write in sorted(LAYOUTS.items()):
        if only and layout not in only:
            continue
        for part in (folder / layout, folder / "answers" / layout):
            shutil.rmtree(part, ignore_errors=True)
        expected[layout] = write(folder / layout, folder / "answers" / layout)
    text = json.dumps(expected, separators=(",", ":"), sort_keys=True)
    (folder / "expected.json").write_text(text + "\n")


if __name__ == "__main__":
    main()

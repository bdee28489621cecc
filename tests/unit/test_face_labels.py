"""Labels in all common forms: tables, files next to the pictures, and folders."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from data.avatars import faces
from data.avatars.label_tables import read_rows
from data.avatars.labelled_images import INVISIBLE

SHAPES, COLORS = ("round", "square", "tall"), ("red", "blue")
COUNT = 24


def picture(i):
    data = io.BytesIO()
    Image.new("RGB", (64, 64), (10 * i, 40, 90)).save(data, "PNG")
    return data.getvalue()


def number(image):
    """Which picture this is."""
    return round(image[32, 32, 0] / 10)


def pictures(folder, name="p{}.png"):
    for i in range(COUNT):
        path = folder / name.format(i, shape=SHAPES[i % 3])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture(i))
    return folder


def load(folder, tmp_path, **options):
    """Both splits together: attributes, and labels by the number of the picture."""
    parts = faces.load_splits(folder, cache_dir=tmp_path / "cache", **options)
    labels = {
        number(image): tuple(row)
        for part in parts
        for image, row in zip(part.images, part.labels, strict=True)
    }
    return parts[0].attributes, labels


def assert_shapes_and_colors(folder, tmp_path):
    attributes, labels = load(folder, tmp_path)
    by_name = {attribute.name: i for i, attribute in enumerate(attributes)}
    shape, color = (attributes[by_name[name]] for name in ("shape", "color"))
    assert set(shape.variants) == set(SHAPES) and set(color.variants) == set(COLORS)
    assert len(labels) == COUNT
    for i, row in labels.items():
        assert shape.variants[row[by_name["shape"]]] == SHAPES[i % 3]
        assert color.variants[row[by_name["color"]]] == COLORS[i % 2]


def told(folder, tmp_path):
    return "\n".join(faces.describe(folder, tmp_path / "cache"))


def table(separator=",", header="file,shape,color", name="p{}.png"):
    rows = [header] if header else []
    rows += [f"{name.format(i)},{SHAPES[i % 3]},{COLORS[i % 2]}" for i in range(COUNT)]
    return "\n".join(rows).replace(",", separator) + "\n"


OBJECTS = [
    {"file_name": f"p{i}.png", "shape": SHAPES[i % 3], "color": COLORS[i % 2], "boxes": [1, 2]}
    for i in range(COUNT)
]
TABLES = {
    "json_lines": ("metadata.jsonl", "\n".join(map(json.dumps, OBJECTS)).encode()),
    "json": ("labels.json", json.dumps(OBJECTS).encode()),
    "json_by_name": (
        "labels.json",
        json.dumps({item["file_name"]: item | {"file_name": ""} for item in OBJECTS}).encode(),
    ),
    "plain": ("labels.csv", table().encode()),
    "metadata": ("metadata.csv", table(header="file_name,shape,color").encode()),
    "semicolons": ("labels.csv", table(";").encode()),
    "tabs": ("labels.tsv", table("\t").encode()),
    "byte_order_mark": ("labels.csv", table().encode("utf-8-sig")),
    "utf_16": ("labels.csv", table().encode("utf-16")),
    "without_suffix": ("labels.csv", table(name="p{}").encode()),
    "paths": ("labels.csv", table(name="pics/p{}.png").encode()),
    "windows_paths": ("labels.csv", table(name="C:\\pics\\P{}.PNG").encode()),
    "any_name": ("my table.csv", table().encode()),
    "blank_lines": ("labels.csv", table().replace("\n", "\r\n\r\n").encode()),
}


@pytest.mark.parametrize("name, data", TABLES.values(), ids=TABLES)
def test_a_table_for_all_pictures(tmp_path, name, data):
    folder = pictures(tmp_path / "set")
    (folder / name).write_bytes(data)
    assert_shapes_and_colors(folder, tmp_path)
    assert f"labels: from {name}: shape (round, square, tall)" in told(folder, tmp_path)


def test_a_table_without_a_header(tmp_path):
    folder = pictures(tmp_path / "set")
    (folder / "labels.csv").write_text(table(header=""))
    attributes, _ = load(folder, tmp_path)
    assert [attribute.name for attribute in attributes] == ["label 1", "label 2"]


def test_a_column_of_small_numbers_is_not_taken_for_names(tmp_path):
    folder = pictures(tmp_path / "set", "{}.png")
    rows = [f"{i % 3},{i}" for i in range(COUNT)]
    (folder / "labels.csv").write_text("\n".join(["eyes,id", *rows]))
    [attribute], labels = load(folder, tmp_path)
    assert attribute.name == "eyes" and all(row == (i % 3,) for i, row in labels.items())


def test_a_table_in_each_folder(tmp_path):
    """As Hugging Face wants it: names relative to the table, and the same in both folders."""
    for split in ("train", "test"):
        for i in range(COUNT):
            path = tmp_path / "set" / split / f"{i}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(picture(i) if split == "train" else picture(i)[:-12] + bytes(12))
        rows = [f"{i}.png,{SHAPES[i % 3]}" for i in range(COUNT)]
        (tmp_path / "set" / split / "metadata.csv").write_text(
            "\n".join(["file_name,shape", *rows])
        )
    [attribute], labels = load(tmp_path / "set", tmp_path)
    assert attribute.name == "shape"
    assert all(attribute.variants[row[0]] == SHAPES[i % 3] for i, row in labels.items())


OWN = {
    "pairs": "shape,{shape}\ncolor,{color}\n",
    "colons": "shape: {shape}\ncolor: {color}\n",
    "equals_signs": "shape = {shape}\ncolor = {color}\n",
    "pairs_with_a_header": "attribute;value\nshape;{shape}\ncolor;{color}\n",
    "header_and_row": "shape,color\n{shape},{color}\n",
    "three_columns": "id,shape,color\n1,{shape},{color}\n",
}


@pytest.mark.parametrize("text", OWN.values(), ids=OWN)
def test_a_label_file_next_to_each_picture(tmp_path, text):
    folder = pictures(tmp_path / "set")
    for i in range(COUNT):
        (folder / f"p{i}.csv").write_text(text.format(shape=SHAPES[i % 3], color=COLORS[i % 2]))
    assert_shapes_and_colors(folder, tmp_path)


def test_one_word_in_each_label_file(tmp_path):
    folder = pictures(tmp_path / "set")
    for i in range(COUNT):
        (folder / f"p{i}.csv").write_text(SHAPES[i % 3])
    [attribute], _ = load(folder, tmp_path)
    assert attribute.name == "label" and attribute.variants == SHAPES


@pytest.mark.parametrize("name", ["{shape}/p{}.png", "data/train/{shape}/p{}.png"])
def test_folders_are_classes(tmp_path, name):
    folder = pictures(tmp_path / "set", name)
    [attribute], labels = load(folder, tmp_path)
    assert attribute.name == "class" and attribute.variants == SHAPES
    assert all(attribute.variants[row[0]] == SHAPES[i % 3] for i, row in labels.items())
    assert "labels: from folders: class (round, square, tall)" in told(folder, tmp_path)


@pytest.mark.parametrize("name", ["person {}/portrait.png", "all/p{}.png", "p{}.png"])
def test_folders_that_are_no_classes(tmp_path, name):
    assert load(pictures(tmp_path / "set", name), tmp_path)[0] == ()


BOXES = "x,y,width,height\n{},17.5,{}.25,{}\n"


@pytest.mark.parametrize("text", [BOXES, "0 0.5{} 0.4{} 0.1{} 0.2\n", "{}\n{}\n{}\n", "\0\1", ""])
def test_files_that_are_no_labels_do_not_stop_the_pictures(tmp_path, text):
    folder = pictures(tmp_path / "set")
    for i in range(COUNT):
        (folder / f"p{i}.csv").write_text(text.format(i, i + 1, i * 7))
    attributes, labels = load(folder, tmp_path)
    assert attributes == () and len(labels) == COUNT
    assert "labels: none" in told(folder, tmp_path)


@pytest.mark.parametrize("data", [b"\xff\xfe\0", b"", b'"open quote', b"a,b\n1,2\n", b"\0" * 50])
def test_one_bad_table_does_not_stop_the_pictures(tmp_path, data):
    folder = pictures(tmp_path / "set")
    (folder / "labels.csv").write_bytes(data)
    assert len(load(folder, tmp_path)[1]) == COUNT
    assert "1 label file (labels.csv: " in told(folder, tmp_path)


def test_pictures_without_labels_are_left_out_if_most_have_some(tmp_path):
    folder = pictures(tmp_path / "set")
    lines = table().splitlines()
    (folder / "labels.csv").write_text("\n".join(lines[:-4]))
    assert len(load(folder, tmp_path)[1]) == COUNT - 4
    assert "skipped: 4 pictures without labels (the first is p20.png" in told(folder, tmp_path)


def test_labels_for_a_few_pictures_only_are_not_used(tmp_path):
    folder = pictures(tmp_path / "set")
    (folder / "labels.csv").write_text("\n".join(table().splitlines()[:9]))
    attributes, labels = load(folder, tmp_path)
    assert attributes == () and len(labels) == COUNT


def test_columns_that_are_no_labels_are_told(tmp_path):
    folder = pictures(tmp_path / "set")
    rows = ["file,caption,always,shape,mostly,RATING"]
    for i in range(COUNT):
        mostly = "x" if i < 3 else ""
        rating = "Good" if i % 2 else "good" if i % 4 else "BAD"
        rows.append(f"p{i}.png,a picture of {i},same,{SHAPES[i % 3]},{mostly},{rating}")
    (folder / "labels.csv").write_text("\n".join(rows))
    attributes, _ = load(folder, tmp_path)
    assert [attribute.name for attribute in attributes] == ["shape", "RATING"]
    assert attributes[1].variants == ("BAD", "Good"), "spellings that differ in case are one"
    line = told(folder, tmp_path).splitlines()[-1]
    assert line == (
        "skipped: 3 columns of labels (the first is caption: 24 different values for 24 pictures)"
    )


def test_missing_cells_are_invisible(tmp_path):
    folder = pictures(tmp_path / "set")
    text = (
        table().replace("p3.png,round,blue", "p3.png,,blue").replace("p4.png,square", "p4.png,nan")
    )
    (folder / "labels.csv").write_text(text)
    attributes, labels = load(folder, tmp_path)
    assert labels[3][0] == labels[4][0] == INVISIBLE and labels[5][0] != INVISIBLE
    assert sum(attributes[0].probabilities) == pytest.approx(1)


def test_labels_that_are_not_used_are_told(tmp_path):
    folder = pictures(tmp_path / "set")
    (folder / "labels.csv").write_text("file,shape\np0.png,round\np1.png,tall\n")
    (folder / "labels.xlsx").write_bytes(b"PK\x03\x04")
    text = told(folder, tmp_path)
    assert (
        "1 label file (labels.csv: labels for only 2 of 24 pictures; label at least half)" in text
    )
    assert "1 spreadsheet (labels.xlsx); save it as CSV" in text
    boxes = pictures(tmp_path / "boxes")
    for i in range(COUNT):
        (boxes / f"p{i}.csv").write_text(f"{i},{i + 3},40,50\n{i},2,3,4\n")
    assert "24 label files (the first is p0.csv: no labels recognized)" in told(boxes, tmp_path)


def test_labels_can_be_ignored(tmp_path):
    folder = pictures(tmp_path / "set")
    (folder / "labels.csv").write_text(table())
    training = faces.load(folder, cache_dir=tmp_path / "cache", use_labels=False)
    assert training.attributes == () and training.labels.shape == (18, 0)
    lines = faces.describe(folder, tmp_path / "cache", use_labels=False)
    assert any(line.startswith("labels: none") for line in lines)


def test_numbers_are_sorted_as_numbers(tmp_path):
    folder = pictures(tmp_path / "set")
    rows = [f"p{i}.png,{(2, 10, 1)[i % 3]}" for i in range(COUNT)]
    (folder / "labels.csv").write_text("\n".join(["file,eyes", *rows]))
    [attribute], _ = load(folder, tmp_path)
    assert attribute.variants == ("1", "2", "10")


def test_the_delimiter_is_found():
    for delimiter in ",;\t|:=":
        assert read_rows(f"a{delimiter}b\n1{delimiter} 2\n".encode()) == [["a", "b"], ["1", "2"]]


def test_a_label_file_for_each_picture_of_the_cartoon_set_still_counts_first(tmp_path):
    folder = pictures(tmp_path / "set")
    for i in range(COUNT):
        (folder / f"p{i}.csv").write_text(f'"hair", {i % 2}, 2\n"eyes", {i % 3}, 3\n')
    (folder / "labels.csv").write_text(table())
    attributes, labels = load(folder, tmp_path)
    assert [attribute.name for attribute in attributes] == ["hair", "eyes"]
    assert all(row == (i % 2, i % 3) for i, row in labels.items())
    assert np.sum([attribute.probabilities for attribute in attributes[:1]]) == pytest.approx(1)

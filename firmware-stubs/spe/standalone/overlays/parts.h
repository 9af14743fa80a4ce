// What the overlays offer each other.
enum { words = 24000 };

int resident(int value);
int first(int value);
int second(int value);
int third(int value);
int walk(int depth);
int first_table(int index);
int second_table(int index);
int third_table(int index);

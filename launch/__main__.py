import sys
from launch.place import Place
from launch.services import Services
if __name__ == "__main__":
    {"services": lambda: Services(Place.here()).start()}[sys.argv[1]]()
